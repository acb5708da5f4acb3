import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/index.ts'
import {
  Export,
  Program,
  Random,
  add,
  arange,
  argsort,
  checkpoint,
  convert,
  customJvp,
  customVjp,
  expm1,
  grad,
  greater,
  less,
  log1p,
  matmul,
  mul,
  norm,
  ones,
  qr,
  repeat,
  scan,
  sum,
  tanh,
  tensor,
  whileLoop,
  zeros
} from '../../../src/index.ts'
import type { Issues } from '../../../src/gan/check/issue.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import { openModel } from '../../support/onnxRuntime.ts'
import { float } from '../../support/programs.ts'

/** Runs a function of one tensor in ONNX Runtime and by the evaluator. */
const expectSame = async (f: (x: Tensor) => unknown, x: Tensor): Promise<void> => {
  const program = Program.of(f, x)
  const expected = prepare(program, 'float32')([x.data])
  const model = await openModel(Export.onnx(program))
  const actual = await model.run({ input_0: x })
  program.outputs.forEach((_, i) => {
    expect(errorAgainst(actual[`output_${String(i)}`]!, expected[i]!)).toBeLessThan(1e-6)
  })
}

const issuesOf = (file: E.Either<Issues, Uint8Array>): Issues => {
  if (E.isRight(file)) throw new Error('a file was written')
  return file.left
}

describe('an exported program', () => {
  const layer = Program.of((x: Tensor, w: Tensor) => tanh(matmul(x, w)), ones([4, 2]), ones([2, 3]))

  it('has the names and shapes that it was given', async () => {
    const model = await openModel(Export.onnx(layer, { inputs: ['x', 'w'], outputs: ['y'] }))
    expect(model.inputs).toMatchObject([
      { name: 'x', type: 'float32', shape: [4, 2] },
      { name: 'w', type: 'float32', shape: [2, 3] }
    ])
    expect(model.outputs).toMatchObject([{ name: 'y', type: 'float32', shape: [4, 3] }])
  })

  it('holds the numbers of inputs that were given', async () => {
    const [x, w] = [float([4, 2], 1), float([2, 3], 2)]
    const model = await openModel(Export.onnx(layer, { inputs: ['x', 'w'], outputs: ['y'], values: { w } }))
    expect(model.inputs.map(({ name }) => name)).toEqual(['x'])
    const { y } = await model.run({ x })
    expect(errorAgainst(y!, tanh(matmul(x, w)).data)).toBeLessThan(1e-6)
  })

  it('may give an input, a constant, and one value twice', async () => {
    await expectSame((x) => [x, tensor([1, 2]), zeros([2, 2]), 3, add(x, 1), add(x, 1)], float([3]))
  })

  it('has no node for what only steers derivatives', () => {
    const steered = (x: Tensor): Tensor => {
      const straight = customJvp(
        (y: Tensor) => mul(y, 2),
        (_, [dy]) => dy
      )
      const clipped = customVjp(
        (y: Tensor) => mul(y, 2),
        (_, ct) => [ct]
      )
      return checkpoint((y: Tensor) => straight(clipped(y)))(x)
    }
    const plain = (x: Tensor): Tensor => mul(mul(x, 2), 2)
    const [a, b] = [steered, plain].map((f) => Export.onnx(Program.of(f, float([3]))))
    expect(a).toEqual(b)
  })

  it('may be a derivative', async () => {
    await expectSame((x) => grad((y: Tensor) => norm(tanh(matmul(y, y))))(x), float([3, 3]))
  })
})

describe('a number at the edge', () => {
  const [all, out] = [Infinity, NaN]
  it.each<[string, (x: Tensor) => Tensor, readonly number[]]>([
    [
      'is truncated to the int32 next to it',
      (x) => convert(x, 'int32'),
      [1.7, -1.7, 3e9, -3e9, 2147483520, all, -all, out, -0.2]
    ],
    ['keeps its digits in log1p', log1p, [1e-10, -1e-10, 1e-4, -1, -0.9999, 1e30, all, 0]],
    ['keeps its digits in expm1', expm1, [1e-10, -1e-10, 1e-4, -100, 80, all, -all, 0]],
    ['is last in order where it is NaN', (x) => argsort(x), [1, out, -1, out, 0, 1, -1]]
  ])('%s', async (_, f, numbers) => {
    const x = tensor(numbers)
    const { y } = await (await openModel(Export.onnx(Program.of(f, x), { outputs: ['y'] }))).run({ input_0: x })
    const expected = f(x).data
    numbers.forEach((number, i) => {
      expect(Math.abs(y![i]! - expected[i]!) || 0, String(number)).toBeLessThanOrEqual(1e-6 * Math.abs(expected[i]!))
    })
  })
})

describe('a loop', () => {
  it('goes over slices, forwards and backwards, with what it closes over', async () => {
    const w = float([2, 2], 5)
    const body = (carry: Tensor, x: Tensor) => {
      const next = tanh(add(matmul(carry, w), x))
      return [next, sum(next)] as const
    }
    for (const reverse of [false, true])
      await expectSame((xs) => scan(body, zeros([1, 2]), xs, { reverse }), float([5, 1, 2], 3))
  })

  it('goes over nothing, and a number of times that depends on what it carries', async () => {
    await expectSame((x) => repeat(7, (y: Tensor) => mul(y, 1.5), x), float([3]))
    await expectSame((x) => repeat(0, (y: Tensor) => mul(y, 1.5), x), float([3]))
    await expectSame(
      (x) => whileLoop((y: Tensor) => less(sum(y), 50), (y: Tensor) => add(y, 3), x, { atMost: 30 }), // prettier-ignore
      ones([4])
    )
  })

  it('may lie in a loop, and have integers and truth values', async () => {
    const inner = (x: Tensor): Tensor => repeat(3, (y: Tensor) => add(y, x), x)
    await expectSame((x) => repeat(2, inner, x), float([2]))
    await expectSame((x) => scan((n, y: Tensor) => [add(n, 1), greater(y, 0)] as const, tensor(0, [], 'int32'), x), float([6])) // prettier-ignore
  })
})

describe('what cannot be exported', () => {
  it('is told, every primitive of it, in loops too', () => {
    const draws = (x: Tensor): Tensor =>
      repeat(2, (y: Tensor) => add(y, Random.uniform(Random.key(1), [2])), sum(qr(x)[0], { axes: [0] }))
    expect(issuesOf(Export.onnx(Program.of(draws, float([2, 2])))).map(({ path }) => path[1])).toEqual(
      expect.arrayContaining(['qr', 'threefry', 'bitsToUnit'])
    )
  })

  it('are options that do not fit the program', () => {
    const program = Program.of((x: Tensor, n: Tensor) => add(x, sum(n)), ones([2]), arange(3))
    const shown = (options: object): readonly string[] =>
      issuesOf(Export.onnx(program, options)).map(({ path, expected, actual }) => `${path.join('.')}: ${expected}; ${actual}`) // prettier-ignore
    expect(shown({ inputs: ['x'] })).toEqual(["onnx.inputs: 2 names, one for each of the program's inputs; 1"])
    expect(shown({ outputs: ['a', 'b'] })).toEqual(["onnx.outputs: 1 names, one for each of the program's outputs; 2"])
    expect(shown({ inputs: ['x', 'x'] })).toEqual(['onnx.inputs: a list of names that differ, or nothing; ["x", "x"]'])
    expect(shown({ inputs: ['x', 'y'], outputs: ['y'] })).toEqual(['onnx.outputs: names that no input has; y'])
    expect(shown({ values: { input_0: ones([3]) } })).toEqual(['onnx.values.input_0: float32[2]; float32[3]'])
    expect(shown({ values: { weights: ones([2]) } })).toEqual(['onnx.values.weights: one of input_0, input_1; weights'])
    expect(shown({ input: ['x', 'n'] })).toEqual(['onnx.input: one of inputs, outputs, values, name, metadata; input'])
    const none = Export.onnx({} as Program.Program)
    expect(issuesOf(none)[0]).toMatchObject({ expected: 'a program', actual: 'an object' })
  })
})
