import { describe, expect, it } from 'vitest'
import { Net, Random, add, convert, mul, ones, sum, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { prepare } from '../../src/program/evaluate.ts'
import { of } from '../../src/transform/programs.ts'
import type { Program } from '../../src/transform/programs.ts'
import type { Pieces } from '../../src/transform/pieces.ts'
import { piecesOf, programOf } from '../../src/transform/pieces.ts'

const key = Random.key(3)
const formsOf = ({ pieces }: Pieces): readonly string[] => pieces.map(({ form }) => form)
/** How many outputs each piece has, the pieces in order. */
const sizesOf = (program: Program): readonly number[] => piecesOf(program).pieces.map(({ outputs }) => outputs.length)

describe('pieces of a program', () => {
  it('that differ by their keys alone are one form', () => {
    const net = Net.serial(Net.dense(4, 4), Net.dense(4, 4), Net.dense(4, 4), Net.dense(4, 5))
    const forms = formsOf(piecesOf(of((k) => net.init(k).params, key)))
    expect(forms).toHaveLength(8)
    // Weights and biases of both shapes.
    expect(new Set(forms).size).toBe(4)
  })

  it('are of different forms where one program does not compute both', () => {
    const w = tensor([1, 2])
    const x = tensor(new Int32Array([1, 2]))
    const y = tensor(new Int32Array([5, 6, 7]))
    const f = (a: Tensor, b: Tensor, c: Tensor) => {
      const [one, two] = [convert(a, 'float32'), convert(b, 'float32')]
      return [
        mul(one, 2), // alike but for the input
        mul(two, 2),
        mul(one, 3), // another literal
        add(one, 2), // another operation
        mul(one, w), // a constant
        mul(convert(c, 'float32'), 2), // another shape
        sum(mul(two, two)) // the same operand twice
      ]
    }
    const alone = (i: number): string => formsOf(piecesOf(of((a, b, c) => f(a, b, c)[i], x, x, y)))[0]!
    const whole = piecesOf(of((a, b) => f(a, b, a).slice(0, 2), x, x))
    expect(new Set(formsOf(whole)).size).toBe(1)
    expect(new Set([0, 2, 3, 4, 5, 6].map(alone)).size).toBe(6)
  })

  it('are told apart by which of their values they give, and by what feeds them', () => {
    const draw = (k: Tensor): Tensor => Random.normal(k, [2])
    const [one, two] = [0, 1].map((i) => (k: Tensor) => draw(Random.foldIn(k, i))) as [typeof draw, typeof draw]
    const crossed = of((k) => [one(k), mul(one(k), 2), mul(two(k), 2), two(k)], key)
    expect(sizesOf(crossed)).toEqual([2, 2])
    // The outputs stand in another order, so one executable would mix them up.
    expect(new Set(formsOf(piecesOf(crossed))).size).toBe(2)
    expect(new Set(formsOf(piecesOf(of((k) => [one(k), sum(two(k))], key)))).size).toBe(2)
  })

  it('hold what is computed from common values together, and what no input reaches apart', () => {
    const layer = Net.spectral(Net.dense(4, 3))
    const { pieces } = piecesOf(of((k) => ({ ...layer.init(k), gain: ones([4]), offset: ones([2]) }), key))
    expect(pieces.map(({ outputs }) => outputs.length)).toEqual([1, 3, 2])
    expect(programOf(pieces[2]!).inputs).toEqual([])
  })

  it('join where an output needs several that were apart, and keep the order of outputs', () => {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => (k: Tensor) => Random.normal(Random.foldIn(k, i), [2]))
    const program = of((k) => [a!(k), b!(k), c!(k), add(a!(k), c!(k)), d!(k)], key)
    const { pieces } = piecesOf(program)
    const places = pieces.map(({ outputs }) => outputs.map((node) => program.outputs.indexOf(node)))
    expect(places).toEqual([[1], [0, 2, 3], [4]])
  })

  it('compute every output once; small integers of small integers are left to plain loops', () => {
    const program = of(
      (k: Tensor) => ({
        key: Random.foldIn(k, 1),
        drawn: Random.normal(k, [3]),
        small: Random.bits(k, [1024]),
        large: Random.bits(k, [1025]),
        ofFloats: convert(mul(Random.normal(k, [3]), 9), 'int32'),
        again: Random.normal(k, [3])
      }),
      key
    )
    const { plain, pieces } = piecesOf(program)
    const inPieces = pieces.flatMap(({ outputs }) => outputs)
    expect(new Set(inPieces).size).toBe(inPieces.length)
    for (const node of program.outputs) expect([...plain, ...inPieces]).toContain(node)
    for (const node of plain) expect(inPieces).not.toContain(node)
    expect(new Set(plain).size).toBe(plain.length)
    for (const { shape, dtype } of plain) {
      expect(dtype).not.toBe('float32')
      expect(shape.reduce((size, n) => size * n, 1)).toBeLessThanOrEqual(1024)
    }
    const computed = inPieces.filter(({ dtype }) => dtype !== 'float32').map(({ shape }) => shape)
    expect(computed).toContainEqual([3])
    expect(computed).toContainEqual([1025])
    expect(computed).not.toContainEqual([1024])
  })

  it('of one form compute one another: either program, given the inputs of the other', () => {
    const net = Net.serial(Net.dense(3, 3), Net.dense(3, 3))
    const program = of((k) => net.init(k).params, key)
    const { plain, pieces } = piecesOf(program)
    const exact = prepare({ inputs: program.inputs, outputs: plain }, 'float32')([key.data])
    const whole = prepare(program, 'float32')([key.data])
    for (const one of pieces)
      for (const other of pieces.filter(({ form }) => form === one.form))
        prepare(
          programOf(one),
          'float32'
        )(other.inputs.map((node) => exact[plain.indexOf(node)]!)).forEach((data, i) => {
          expect(data).toEqual(whole[program.outputs.indexOf(other.outputs[i]!)])
        })
  })
})
