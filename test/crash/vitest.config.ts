import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** What takes long: ROUNDS and KEYS say how long. Needs PostgreSQL. */
export default defineConfig({ test: { ...base.test, include: ['test/crash/**/*.test.ts'], exclude: [] } });
