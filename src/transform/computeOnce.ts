import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Engine, EngineFault } from '../engines/engine.ts'
import type { EngineName } from '../engines/select.ts'
import { selectEngine } from '../engines/select.ts'
import { prepare } from '../program/evaluate.ts'
import type { Node } from '../program/node.ts'
import { rebuildResult } from '../program/trace.ts'
import type { Data } from '../tensor/dtype.ts'
import { precisionOf } from '../tensor/dtype.ts'
import type { Arguments } from './arguments.ts'
import { traceFunction } from './compile.ts'
import { copiesOf } from './form.ts'
import type { Piece } from './pieces.ts'
import { piecesOf, programOf } from './pieces.ts'
import { argumentsOf } from './statics.ts'

/** Values of a program's nodes, as far as they have been computed. */
type Values = Map<Node, Data>

/** Computes pieces of one form, each from its own inputs, by one executable that is freed afterwards. */
const computeAlike = async (
  engine: Engine,
  alike: readonly Piece[],
  values: Values
): Promise<EngineFault | undefined> => {
  const compiled = await engine.compile(programOf(alike[0]!))()
  if (E.isLeft(compiled)) return compiled.left
  try {
    for (const { inputs, outputs } of alike) {
      const results = await compiled.right.run(inputs.map((node) => values.get(node)!))()
      if (E.isLeft(results)) return results.left
      outputs.forEach((node, i) => values.set(node, results.right[i]!))
    }
    return undefined
  } finally {
    compiled.right.dispose()
  }
}

/**
 * Computes `f(...args)` once on an engine, for functions of little, such as keys, that give much: the first state of a
 * training. What is computed alike is compiled once, and apart from the result no more memory is needed than the
 * largest part takes. Keys are computed by plain loops, which is exact; all else by the engine.
 *
 * @throws whatever `f` throws while it is traced
 */
export const computeOnce = <A extends Arguments, R>(
  f: (...args: A) => R,
  args: A,
  engine: EngineName | Engine
): TE.TaskEither<EngineFault, R> => {
  const { leaves, structure } = argumentsOf('computeOnce', args)
  const inputs = copiesOf('computeOnce', leaves)
  const { program, traced } = traceFunction(f, structure, leaves, 'computeOnce')
  const { plain, pieces } = piecesOf(program)
  const forms = [...new Set(pieces.map(({ form }) => form))]
  return pipe(
    selectEngine(engine),
    TE.chain((chosen) => async () => {
      const exact = prepare({ inputs: program.inputs, outputs: plain }, precisionOf(inputs))(inputs)
      const values: Values = new Map(plain.map((node, i) => [node, exact[i]!]))
      for (const form of forms) {
        const fault = await computeAlike(
          chosen,
          pieces.filter((piece) => piece.form === form),
          values
        )
        if (fault !== undefined) return E.left(fault)
      }
      const taken = new Set<Node>()
      const results = program.outputs.map((node) => {
        const data = values.get(node)!
        // Two leaves of the result are two arrays, though they be one value.
        const own = taken.has(node) ? data.slice() : data
        taken.add(node)
        return { shape: node.shape, dtype: node.dtype, data: own }
      })
      return E.right(rebuildResult(traced, results) as R)
    })
  )
}
