/**
 * Runs in folders: `import { Run } from 'saddlepoint/run'`, apart from the root since they are for Node alone.
 *
 * @module saddlepoint/run
 */
export * as Run from './run/namespace.ts'
export * as Sweep from './run/sweep/namespace.ts'
