/** How the bus of assets is reached: one for all that shares a task queue. */

/** The signal that tells it to look. */
export const WAKE = 'wake';
/** The query that it answers with its `AssetBusState`. */
export const BUS_QUERY = 'assetBusState';

const CONTROL = 'control';

/** @param taskQueue where runs are started */
export function assetBusId(taskQueue: string): string {
  return `asset-bus${taskQueue.startsWith(CONTROL) ? taskQueue.slice(CONTROL.length) : `-${taskQueue}`}`;
}
