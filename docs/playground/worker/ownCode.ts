import * as library from '../../../src/core.ts'
import { E } from '../../../src/core.ts'
import { isSpec } from '../../../src/gan/game/form.ts'
import { nameOfOwnCode, textOfThrown } from './issues.ts'
import type { IssueText } from './messages.ts'

type Module = (require: (name: string) => unknown, exports: { spec?: unknown; default?: unknown }) => void

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
    // Its lines are those of the reader's text. What the reader wrote runs in a worker without network.
    const run = (0, eval)(`(function (require, exports) {${code}\n})\n//# sourceURL=${nameOfOwnCode}`) as Module
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
