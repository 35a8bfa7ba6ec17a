/** `assay approvals …`: what runs ask people, and the answers. */
import { userInfo } from 'node:os';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

import type { AnswerInput } from '../../workflows/domain/approval.ts';
import { fieldFromText } from '../../workflows/domain/form.ts';
import { answerApproval } from '../approvals/answer.ts';
import { openApprovals } from '../approvals/list.ts';
import type { RunServices } from '../runs/services.ts';
import { approvalLines } from './approval-rows.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';

type ApprovalServices = Pick<RunServices, 'ledger' | 'client'>;
type Context = CommandContext<ApprovalServices>;

export function registerApprovals(program: Command, context: Context): void {
  const approvals = program
    .command('approvals')
    .description('what runs ask people, and the answers')
    .addHelpText('before', example('assay approvals list'));
  registerList(approvals, context);
  registerAnswer(approvals, context);
}

function registerList(approvals: Command, context: Context): void {
  approvals
    .command('list')
    .description('questions that wait for an answer, the oldest first')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay approvals list'))
    .action(
      action(context, async (services, { json }: { json?: boolean }) => {
        const { output } = context;
        const found = await openApprovals(services);
        if (json === true) output.json(found.approvals);
        else {
          for (const line of approvalLines(found.approvals, output, Date.now())) output.line(line);
          const [first] = found.approvals;
          if (first !== undefined)
            output.note(`answer: assay approvals answer ${first.run} ${first.task} CHOICE`);
        }
        if (found.unanswered.length > 0) {
          output.note(`no worker answers for ${found.unanswered.join(', ')}: whether they ask is not known`);
        }
        return 0;
      }),
    );
}

function registerAnswer(approvals: Command, context: Context): void {
  interface Options {
    readonly as: string;
    readonly comment?: string;
    readonly field: Readonly<Record<string, string>>;
    readonly json?: boolean;
  }
  approvals
    .command('answer')
    .description('answer a question of a run')
    .argument('<run>')
    .argument('<task>', 'as `approvals list` names it')
    .argument('<choice...>', 'one of its choices; several where it takes several')
    .option('--as <who>', 'in whose name; by default your own on this machine', userInfo().username)
    .option('--comment <text>', 'why')
    .option('--field <name=value>', 'fills in a field; once for each', field, {})
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example(
        'assay approvals answer promotion.readmission-2026-02-01T00:00:00Z approve reject --comment "too early"',
      ),
    )
    .action(
      action(
        context,
        async (services, run: string, task: string, choices: readonly string[], given: Options) => {
          const { comment, as: who, json } = given;
          const answer: AnswerInput = {
            task,
            who,
            choice: choices.length === 1 ? (choices[0] ?? '') : choices,
            ...(comment !== undefined && { comment }),
            ...(Object.keys(given.field).length > 0 && {
              fields: await typed(services, run, task, given.field),
            }),
          };
          const answered = await answerApproval(services, run, answer);
          if (json === true) context.output.json(answered);
          else context.output.line(`${task} of ${run}: ${answered.choices.join(', ')}, by ${who}`);
          return 0;
        },
      ),
    );
}

/** What was typed is a number or a date only where the question says so. Unknown fields are for the run to refuse. */
async function typed(
  services: ApprovalServices,
  run: string,
  task: string,
  texts: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const { approvals } = await openApprovals(services, run);
  const form = approvals.find((one) => one.task === task)?.fields ?? {};
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const spec = form[name];
      return [name, spec === undefined ? text : fieldFromText(spec, text)];
    }),
  );
}

function field(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('NAME=VALUE is expected, for example --field limit=3.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
