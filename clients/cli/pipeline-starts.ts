/** What starts a pipeline besides people and schedules, and the grid of its intervals, as people read them. */
import type { AssetCondition, AssetInput } from '../../workflows/domain/assets/condition.ts';
import type { PipelineSource } from '../runs/services.ts';
import { timetableText } from './schedule-view.ts';

export function startLines({ timetable, assets }: PipelineSource): string[] {
  return [
    ...(timetable === undefined ? [] : [`grid    ${timetableText(timetable)}`]),
    ...(assets === undefined ? [] : [`starts  when ${conditionText(assets)}`]),
  ];
}

function conditionText({ need, inputs }: AssetCondition): string {
  const texts = inputs.map(inputText);
  return texts.length === 1 ? `there is ${texts[0]}` : `there is ${need} of ${texts.join(', ')}`;
}

function inputText({ asset, rollUp, keys }: AssetInput): string {
  const parts =
    rollUp === undefined
      ? ''
      : ` (every part of ${timetableText(rollUp.each)} in one of ${timetableText(rollUp.into)})`;
  return `${asset}${parts}${keys === undefined ? '' : ` of ${keys.join(' and ')} together`}`;
}
