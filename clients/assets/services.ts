/** What the functions on assets work with. */
import type { Assets } from '../../activities/assets/contract.ts';
import type { RunServices } from '../runs/services.ts';

export interface AssetServices extends Pick<RunServices, 'client' | 'taskQueue'> {
  readonly assets: Assets;
}
