import type { Command } from 'commander';
import type { Services } from '../../workers/services.ts';
import type { CommandContext } from './command.ts';

export function registerDemo(_program: Command, _context: CommandContext<Services>): void {}
