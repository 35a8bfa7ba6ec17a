/**
 * Ends child processes when this process is no longer there to do it, also after kill -9.
 * A small shell waits on a pipe whose only writer is this process: the kernel closes it whatever
 * happens, and the shell then ends every process group it was told of and not told to forget.
 */
import { spawn } from 'node:child_process';

export interface OrphanGuard {
  /** `group` is the pid of a child started with `detached: true`, which makes it lead its own group. */
  watch(group: number): void;
  forget(group: number): void;
  /** Resolves when the guard itself has gone; what it still watches is ended. */
  release(): Promise<void>;
}

const SCRIPT = `
groups=
while read -r word group; do
  case $word in
    watch) groups="$groups $group" ;;
    forget)
      rest=
      for other in $groups; do [ "$other" = "$group" ] || rest="$rest $other"; done
      groups=$rest ;;
  esac
done
[ -n "$groups" ] || exit 0
for group in $groups; do kill -TERM "-$group" 2>/dev/null; done
sleep 2
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
exit 0
`;

export function startOrphanGuard(): OrphanGuard {
  // A session of its own: Ctrl-C in the terminal reaches this process, which then stops in order.
  const shell = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const gone = new Promise<void>((resolve) => {
    shell.on('close', () => resolve());
    shell.on('error', () => resolve());
  });
  shell.stdin.on('error', () => undefined);
  return {
    watch: (group) => void shell.stdin.write(`watch ${group}\n`),
    forget: (group) => void shell.stdin.write(`forget ${group}\n`),
    release: () => {
      shell.stdin.end();
      return gone;
    },
  };
}
