/** Open questions as people read them: a line each where there is room, else a paragraph each. */
import type { OpenApproval } from '../../workflows/domain/approval.ts';
import { roughDuration } from '../../workflows/domain/duration.ts';
import { tableLines, type Output } from './output.ts';
import { time } from './run-view.ts';

const HEADER = ['RUN', 'TASK', 'SINCE', 'UNTIL', 'WHO', 'CHOICES', 'FIELDS', 'QUESTION'];
const INDENT = '  ';

export function approvalLines(
  approvals: readonly OpenApproval[],
  { columns, paint }: Pick<Output, 'columns' | 'paint'>,
  now: number,
): string[] {
  const rows = approvals.map(rowOf);
  const table = tableLines(HEADER, rows, paint);
  const widest = tableLines(HEADER, rows, (text) => text);
  if (widest.every((line) => line.length <= columns)) return table;
  return approvals.flatMap((approval) => paragraph(approval, { columns, paint }, now));
}

function rowOf(approval: OpenApproval): string[] {
  const { run, task, since, until, message = '' } = approval;
  return [
    run,
    task,
    time(since),
    until === undefined ? '' : time(until),
    whoOf(approval),
    choicesOf(approval),
    fieldsOf(approval),
    inOneLine(message),
  ];
}

/** The run and the task stand for themselves, as they are to be copied. */
function paragraph(
  approval: OpenApproval,
  { columns, paint }: Pick<Output, 'columns' | 'paint'>,
  now: number,
): string[] {
  const { run, task, since, until, message = '' } = approval;
  const fields = fieldsOf(approval);
  const facts = [
    `for ${roughDuration(Math.max(0, now - Date.parse(since)))}`,
    ...(until === undefined ? [] : [`until ${time(until)}`]),
    `by ${whoOf(approval)}`,
  ];
  const told = [
    inOneLine(message),
    `choices: ${choicesOf(approval)}`,
    fields === '' ? '' : `fields: ${fields}`,
    facts.join(', '),
  ].filter((text) => text !== '');
  return [
    `${run}  ${paint(task, 'bold')}`,
    ...told.flatMap((text) => wrapped(text, columns - INDENT.length)).map((line) => INDENT + line),
  ];
}

/** At spaces; a longer word has a line of its own. */
function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function whoOf({ assignees }: OpenApproval): string {
  return assignees?.join(', ') ?? 'anybody';
}

function choicesOf({ choices, multiple }: OpenApproval): string {
  return choices.join(multiple ? ' + ' : ' | ');
}

/** A star where one must be filled in. */
function fieldsOf({ fields }: OpenApproval): string {
  return Object.entries(fields)
    .map(([name, { required }]) => (required === true ? `${name}*` : name))
    .join(', ');
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
