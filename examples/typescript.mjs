/**
 * Runs examples on any Node, by the sources as they are and without a build: `npm run example -- examples/vae.ts`. Types are taken away
 * file by file, and 'saddlepoint' is the library beside this folder.
 */
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

export { load } from '../test/support/stripTypes.mjs'

/** Finds the module of 'saddlepoint' in src/index.ts, that of 'saddlepoint/figures' in src/figures.ts. */
export const resolve = (specifier, context, next) => {
  const [name, entry = 'index'] = specifier.split('/')
  return next(name === 'saddlepoint' ? new URL(`../src/${entry}.ts`, import.meta.url).href : specifier, context)
}

// Node loads this file anew in a thread of its own, which finds and reads modules from then on.
if (isMainThread) register(import.meta.url)
