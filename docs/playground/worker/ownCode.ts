import * as library from '../../../src/core.ts'
import { E } from '../../../src/core.ts'
import { isSpec } from '../../../src/gan/game/form.ts'
import { textOfThrown } from './issues.ts'
import type { IssueText } from './messages.ts'

/**
 * Runs the reader's module, whose imports and exports are those of CommonJS by now, and returns the spec that it exports.
 * It is code of whoever wrote it: only a worker of the sandbox runs it.
 */
export const specOfCode = (code: string): E.Either<readonly IssueText[], library.Gan.Spec> => {
  const exports: { spec?: unknown; default?: unknown } = {}
  const require = (name: string): unknown => {
    if (name === 'saddlepoint') return library
    throw new Error(`Expected an import from 'saddlepoint', the only module here; got '${name}'`)
  }
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what the reader wrote, in a worker without network
    const run = new Function('require', 'exports', code) as (require: unknown, exports: unknown) => void
    run(require, exports)
  } catch (cause) {
    return E.left([textOfThrown(cause)])
  }
  const spec = exports.spec ?? exports.default
  return isSpec(spec)
    ? E.right(spec)
    : E.left([
        {
          path: [],
          text: 'Expected a module that exports a spec: export const spec = pipe(Gan.between({ ... }), ...)',
          isWarning: false
        }
      ])
}
