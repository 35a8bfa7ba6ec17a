/** One benchmark module in a process of its own: its rows as JSON are the last line. */
const { run } = await import(process.argv[2]);
const rows = await run();
process.stdout.write(`\n${JSON.stringify(rows)}\n`, () => process.exit(0));
