/** What a loop reads of others: pieces of their results where they lie, without copies. */
import { describe, expect, it } from 'vitest'
import { mergeScans } from '../../../src/compiler/rewrite/mergeScans.ts'
import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import type { Kernel, Read } from '../../../src/compiler/schedule.ts'
import { schedule } from '../../../src/compiler/scheduleProgram.ts'
import { E, Engine, add, grad, mul, repeat, scan, sum, tanh } from '../../../src/index.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import { traced } from '../../support/traced.ts'

const kernelsOf = (shapes: readonly (readonly number[])[], f: (...xs: Tensor[]) => Tensor | readonly Tensor[]): readonly Kernel[] => schedule(optimize(traced(shapes, f))).kernels // prettier-ignore
const loopOver = (carry: Tensor, xs: Tensor): Tensor =>
  scan((c: Tensor, x: Tensor) => [tanh(add(c, x)), []], carry, xs)[0]
/** The last read of the one loop of a schedule: that of its xs. */
const lastRead = (kernels: readonly Kernel[]): Read => kernels.at(-1)!.reads.at(-1)!

describe('a loop', () => {
  it('reads pieces of inputs where they lie', () => {
    const kernels = kernelsOf([[2], [9, 2]], (c, x) => loopOver(c, o.slice(x, [3, 0], [7, 2])))
    expect(kernels.length).toBe(1)
    expect(lastRead(kernels)).toEqual({ buffer: 1, shape: [4, 2], start: 6 })
    const rows = kernelsOf([[2], [3, 8]], (c, x) => loopOver(c, o.reshape(o.slice(x, [1, 2], [2, 6]), [2, 2])))
    expect(lastRead(rows)).toEqual({ buffer: 1, shape: [2, 2], start: 10 })
    const piece = kernelsOf([[2], [9, 2]], (c, x) => loopOver(c, o.slice(o.slice(x, [1, 0], [8, 2]), [2, 0], [4, 2])))
    expect(lastRead(piece)).toEqual({ buffer: 1, shape: [2, 2], start: 6 })
  })

  it.each<readonly [string, (x: Tensor) => Tensor]>([
    ['that do not lie in one piece', (x) => o.slice(x, [0, 1], [6, 3])],
    ['with a stride', (x) => o.slice(x, [0, 0], [6, 2], [2, 1])],
    ['of what is not stored', (x) => o.slice(tanh(o.slice(x, [0, 0], [9, 2])), [1, 0], [4, 2])]
  ])('has pieces copied %s', (_, piece) => {
    const kernels = kernelsOf([[2], [9, 4]], (c, x) => loopOver(c, piece(x)))
    expect(kernels.length).toBe(2)
    expect(lastRead(kernels).start).toBeUndefined()
  })

  it('backwards reads all that was kept where the loop forwards left it', async () => {
    const program = traced([[3], [3]], (x, w) => grad((v: Tensor) => sum(repeat(4, (y) => tanh(mul(y, v)), x)))(w))
    const kernels = schedule(optimize(program)).kernels
    const loops = kernels.filter(({ primitives }) => primitives.includes('scan'))
    expect(loops.length).toBe(2)
    const [stored] = loops[0]!.writes
    const pieces = loops[1]!.reads.filter(({ buffer }) => buffer === stored)
    expect(pieces.map(({ start = 0 }) => start)).toEqual([0, 12])
    const inputs = [Float32Array.of(1, 2, 3), Float32Array.of(0.5, 0.25, -1)]
    const made = await Engine.wasm({ threads: 1 }).compile(program)()
    if (E.isLeft(made)) throw new Error(JSON.stringify(made.left))
    const result = await made.right.run(inputs)()
    if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
    expect(errorAgainst(result.right[0]!, prepare(mergeScans(program), 'float64')(inputs)[0]!)).toBeLessThan(1e-6)
    made.right.dispose()
  })
})
