/** Every primitive in ONNX Runtime, or refused in words; and random programs of them. */
import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import { onnx } from '../../../src/io/onnx/onnx.ts'
import { refusalsOf } from '../../../src/io/onnx/writeProgram.ts'
import type { PrimitiveName } from '../../../src/primitives/registry.ts'
import { registry } from '../../../src/primitives/registry.ts'
import { call } from '../../../src/program/call.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import type { AnyPrimitive } from '../../../src/program/primitive.ts'
import type { Program } from '../../../src/program/program.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { caseFrom, caseSources } from '../../support/arbitraries.ts'
import { drawsFrom } from '../../support/draws.ts'
import { openModel } from '../../support/onnxRuntime.ts'
import { narrow, programOf } from '../../support/programs.ts'
import { randomProgram } from '../../support/randomPrograms.ts'

const wide = (data: Data): Data => (data instanceof Float32Array ? Float64Array.from(data) : data)

/** Runs a program in ONNX Runtime and by the evaluator in double precision; what is no float has to be equal. */
const expectEqual = async (program: Program, inputs: readonly Tensor[], tolerance: number): Promise<void> => {
  const expected = prepare(program, 'float64')(inputs.map(({ data }) => wide(data)))
  const model = await openModel(onnx(program))
  const actual = await model.run(Object.fromEntries(inputs.map((x, i) => [`input_${String(i)}`, x])))
  program.outputs.forEach(({ dtype, shape }, i) => {
    const place = `output ${String(i)}, ${dtype}[${shape.join()}]`
    const result = actual[`output_${String(i)}`]!
    if (dtype === 'float32') expect(errorAgainst(result, expected[i]!), place).toBeLessThan(tolerance)
    else expect(Array.from(result), place).toEqual(Array.from(expected[i]!))
  })
}

const random: readonly string[] = ['threefry', 'bitsToUnit']
const decompositions: readonly string[] = ['cholesky', 'triangularSolve', 'eigh', 'qr', 'svd', 'singularValues']
const refused = [...random, ...decompositions]

/** Cases of one primitive, all of them in one program. */
const casesOf = (primitive: PrimitiveName, count: number): { program: Program; inputs: readonly Tensor[] } => {
  const trials = Array.from({ length: count }, (_, seed) => {
    const { params, operands } = caseFrom(caseSources[primitive], seed)
    return { params, operands: operands(drawsFrom(seed + 1)).map(narrow) }
  })
  const inputs = trials.flatMap(({ operands }) => operands)
  const program = programOf((...xs: Tensor[]) => {
    let next = 0
    return trials.map(({ params, operands: { length } }) =>
      call(registry[primitive] as AnyPrimitive, params, xs.slice(next, (next += length)))
    )
  }, inputs)
  return { program, inputs }
}

describe.for(Object.keys(registry) as PrimitiveName[])('%s', (name) => {
  if (refused.includes(name))
    it('is refused in words', () => {
      const { program } = casesOf(name, 1)
      const file = onnx(program)
      const why = random.includes(name) ? 'random bits' : 'decompositions of matrices'
      expect(E.isLeft(file) && file.left).toMatchObject([
        { _tag: 'Misfit', path: ['program', name], hint: expect.stringContaining(why) as string }
      ])
    })
  else
    it('gives the same in ONNX Runtime', async () => {
      const { program, inputs } = casesOf(name, 16)
      await expectEqual(program, inputs, 1e-5)
    })
})

const exportable = Array.from({ length: 32 }, (_, seed) => ({ seed, ...randomProgram(seed) })).filter(
  ({ program }) => refusalsOf(program).length === 0
)

describe('random programs', () => {
  it('are exportable for the most part', () => {
    expect(exportable.length).toBeGreaterThan(16)
  })
  it.each(exportable.map(({ seed }) => seed))('number %i', async (seed) => {
    const { program, inputs } = exportable.find((one) => one.seed === seed)!
    const tensors = program.inputs.map(({ shape, dtype }, i) => narrow({ shape, dtype, data: inputs[i]! }))
    await expectEqual(program, tensors, 1e-4)
  })
})
