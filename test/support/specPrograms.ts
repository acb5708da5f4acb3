import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { Engine } from '../../src/engines/engine.ts'
import { reference } from '../../src/engines/reference.ts'
import { Gan, Program, ones, zeros } from '../../src/index.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import { rightOf } from './smallGan.ts'

/** Hashes of the programs that a spec comes to: of its first state, and of its first step. No number is computed. */
export const programsOf = async (spec: Gan.Spec, batchSize = 4): Promise<readonly string[]> => {
  const hashes: string[] = []
  const engine: Engine = {
    name: 'hashing',
    compile: (program, options = {}) => {
      hashes.push(Program.hash(program))
      const results = program.outputs.map(({ shape, dtype }) => {
        const size = sizeOf(shape)
        return dtype === 'int32'
          ? new Int32Array(size)
          : dtype === 'bool'
            ? new Uint8Array(size)
            : new Float32Array(size)
      })
      return pipe(
        reference().compile(program, options),
        TE.map((executable) => ({ ...executable, run: () => TE.right(results) }))
      )
    }
  }
  const step = rightOf(await pipe(spec, Gan.compile({ batchSize, engine }))())
  const state = await step.init(0)
  const { labels } = spec
  const batches = step.shapesAt(0).map((shape) => {
    const real = ones([...shape])
    if (labels === undefined) return real
    return labels.classes === undefined
      ? { real, condition: ones([batchSize, ...labels.shape]) }
      : { real, labels: zeros([batchSize], 'int32') }
  })
  await step(state, batches)
  return hashes
}
