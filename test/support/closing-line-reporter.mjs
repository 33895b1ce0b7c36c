/** Ends a run with one plain line that any tool can read. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests }) {
    process.stderr.write(`${numPassedTests} passed, ${numFailedTests} failed\n`);
  }
}
