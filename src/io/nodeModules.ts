import type * as fs from 'node:fs/promises'
import type module from 'node:module'
import type * as os from 'node:os'
import type path from 'node:path'
import type url from 'node:url'
import type workers from 'node:worker_threads'
import type * as E from '#fp-ts/Either'
import { left, right } from '#fp-ts/Either'
import type { FileIssue } from './fileIssue.ts'

/** Lists the modules of Node that reading and writing files take. */
export interface NodeModules {
  readonly fs: typeof fs
  readonly path: typeof path
  readonly module: typeof module
  readonly url: typeof url
  readonly workers: typeof workers
  readonly os: typeof os
}

/**
 * Loads Node's own modules, or returns an issue in a browser. They are asked for at run time and not imported, since
 * bundlers for browsers stop at an `import('node:...')` even where it is never reached.
 */
export const nodeModules = (file: string): E.Either<FileIssue, NodeModules> => {
  const load = (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule
  return load === undefined
    ? left({
        _tag: 'NotSupported',
        file,
        expected: 'a runtime with a file system (Node 20.16 or later)',
        actual: 'none'
      })
    : right({
        fs: load('node:fs/promises'),
        path: load('node:path'),
        module: load('node:module'),
        os: load('node:os'),
        url: load('node:url'),
        workers: load('node:worker_threads')
      })
}
