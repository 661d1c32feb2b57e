import { testEmbeddedWriters } from '../support/embeddedWriters.ts';

testEmbeddedWriters(6);
