#!/usr/bin/env node
import { describeStartFailure } from './composition/describe-start-failure.js';
import { serve } from './serve.js';

try {
  await serve();
  process.exit(0);
} catch (error) {
  const lines = describeStartFailure(error);
  if (!lines) throw error;
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}
