/** `npm start`: the demo. On a terminal it stays up afterwards, so that one can look around. */
import { launch } from './launch.mjs';

const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
await launch(['demo', ...(onTerminal ? ['--keep'] : []), ...process.argv.slice(2)]);
