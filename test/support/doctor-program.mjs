// Runs the doctor of the built product once for each line of standard input, and prints its findings as a line: much
// faster than a process for each.
import { createInterface } from 'node:readline';

const { runDoctor } = await import('../../dist/src/composition/run-doctor.js');
const { loadConfig } = await import('../../dist/src/config/load-config.js');

for await (const _line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await runDoctor(loadConfig)));
}
