import { testEmbeddedWriters } from '../support/embeddedWriters.ts';
import { WRITERS } from './sizes.ts';

testEmbeddedWriters(WRITERS);
