/** `assay check`: whether pipelines, schedules and configuration can run, in seconds, without a server. */
import type { Command } from 'commander';

import { checkAll, type CheckServices } from '../check/check.ts';
import { action, example, type CommandContext } from './command.ts';

/** Exit code 1 where anything is wrong. What does not compile is told before, by the build. */
export function registerCheck(program: Command, context: CommandContext<CheckServices>): void {
  program
    .command('check')
    .description('whether pipelines, project specs, schedules and configuration are right; no server needed')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay check'))
    .action(
      action(context, async (services, { json }: { json?: boolean }) => {
        const { output } = context;
        const checked = await checkAll(services);
        const { faults, notes } = checked;
        if (json === true) output.json({ ok: faults.length === 0, ...checked });
        else {
          for (const { where, what, next } of faults) {
            output.line(`${output.paint('wrong', 'red')}  ${where}: ${what}`);
            output.line(`       next: ${next}`);
          }
          for (const note of notes) output.note(`note: ${note}`);
          const { pipelines, tasks, schedules, projects } = checked;
          const looked = `${pipelines} pipelines with ${tasks} tasks, ${schedules} schedules, ${projects} projects`;
          output.line(faults.length === 0 ? `right: ${looked}` : `${faults.length} wrong, of ${looked}`);
        }
        return faults.length === 0 ? 0 : 1;
      }),
    );
}
