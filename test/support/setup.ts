import fc from 'fast-check'
import { afterAll, afterEach, beforeAll } from 'vitest'

// A fixed seed keeps a red run reproducible; a nightly job sets both variables to look further.
const seed = Number(process.env['SADDLEPOINT_SEED'] ?? 20140610)
const numRuns = Number(process.env['SADDLEPOINT_RUNS'] ?? 100)

// A mutant is killed by any counterexample: to shrink it would be time lost.
fc.configureGlobal({ seed, numRuns, endOnFailure: process.env['STRYKER_MUTATOR_WORKER'] !== undefined })

// The library prints nothing. What a test or an example prints itself is let through.
const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const
const stray: string[] = []

const isOurs = (frame: string | undefined): boolean =>
  frame !== undefined && (/[/\\]test[/\\]/.test(frame) || frame.includes('virtual:example'))

const originals = methods.map((method) => [method, console[method].bind(console)] as const)

beforeAll(() => {
  for (const [method, original] of originals)
    console[method] = (...values: unknown[]) => {
      const caller = new Error().stack?.split('\n')[2]
      if (isOurs(caller)) original(...values)
      else stray.push(`console.${method}(${values.map(String).join(', ')})\n${caller ?? ''}`)
    }
})

afterEach(() => {
  const printed = stray.splice(0)
  if (printed.length > 0) throw new Error(`The library printed:\n${printed.join('\n')}`)
})

afterAll(() => {
  for (const [method, original] of originals) console[method] = original
})
