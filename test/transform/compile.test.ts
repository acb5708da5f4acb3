import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { describe, expect, it } from 'vitest'
import { reference } from '../../src/engines/reference.ts'
import type { Engine } from '../../src/engines/engine.ts'
import type { EngineName } from '../../src/engines/select.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor, zeros } from '../../src/ops/creation.ts'
import { sum } from '../../src/ops/reduction.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { compile } from '../../src/transform/compile.ts'
import { grad } from '../../src/transform/grad.ts'
import { rejected } from '../support/thrown.ts'

/** The reference engine, which counts what it compiles and what is disposed of. */
const counting = (): { readonly engine: Engine; readonly count: { compiled: number; disposed: number } } => {
  const count = { compiled: 0, disposed: 0 }
  const inner = reference()
  const engine: Engine = {
    name: 'counting',
    compile: (program, options) =>
      pipe(
        inner.compile(program, options),
        TE.map((executable) => {
          count.compiled++
          const dispose = (): void => {
            count.disposed++
          }
          return { ...executable, dispose }
        })
      )
  }
  return { engine, count }
}

describe('compile', () => {
  it('gives what the function gives, trees in and out', async () => {
    const f = (p: { readonly w: Tensor; readonly none: null }, n: number) => ({
      y: [mul(p.w, n)] as const,
      none: p.none
    })
    const result = await compile(f, { engine: 'reference' })({ w: tensor([1, 2]), none: null }, 3)
    expect([...result.y[0].data]).toEqual([3, 6])
    expect(result.none).toBeNull()
  })

  it('compiles once for each combination of shapes, dtypes and structure', async () => {
    const { engine, count } = counting()
    let traces = 0
    const f = compile(
      (x: unknown, n: number) => {
        traces++
        return mul(Array.isArray(x) ? (x[0] as Tensor) : (x as Tensor), n)
      },
      { engine }
    )
    for (const n of [1, 2, 3.5]) expect((await f(tensor([1]), n)).data[0]).toBe(n)
    await f(tensor([5]), 0)
    // Twice each, to see that both traces agree.
    expect([count.compiled, traces]).toEqual([1, 2])
    await f(tensor([1, 2]), 1)
    await f([tensor([1])], 1)
    await f(tensor([[1]]), 1)
    expect([count.compiled, traces]).toEqual([4, 8])
    await f(tensor([7]), 1)
    expect(count.compiled).toBe(4)
  })

  it('compiles once for calls that come before the first is done', async () => {
    const { engine, count } = counting()
    const f = compile((x: Tensor) => add(x, 1), { engine })
    const results = await Promise.all([f(tensor([1])), f(tensor([2])), f(tensor([3]))])
    expect(results.map(({ data }) => data[0])).toEqual([2, 3, 4])
    expect(count.compiled).toBe(1)
  })

  it('tells null from undefined', async () => {
    const f = compile((x: Tensor, y: null | undefined) => (y === null ? x : add(x, 1)), { engine: 'reference' })
    expect((await f(tensor([1]), null)).data[0]).toBe(1)
    expect((await f(tensor([1]), undefined)).data[0]).toBe(2)
  })

  it('takes what is captured as it is at the first call', async () => {
    const w = tensor([1, 2])
    const f = compile((x: Tensor) => mul(x, w), { engine: 'reference' })
    expect([...(await f(tensor([1, 1]))).data]).toEqual([1, 2])
    w.data[0] = 100
    expect([...(await f(tensor([1, 1]))).data]).toEqual([1, 2])
  })

  it('gives arrays of its own, and leaves arguments as they are', async () => {
    const f = compile((x: Tensor) => [x, x, mul(x, 2)] as const, { engine: 'reference' })
    const x = tensor([1, 2])
    const [a, b, c] = await f(x)
    for (const { data } of [a, b, c]) data.fill(9)
    expect([...x.data]).toEqual([1, 2])
    a.data.fill(8)
    expect([...b.data]).toEqual([9, 9])
    expect([...(await f(x))[2].data]).toEqual([2, 4])
  })

  it('frees its executables, and compiles again when it is called again', async () => {
    const { engine, count } = counting()
    const f = compile((x: Tensor) => x, { engine })
    await f(tensor([1]))
    await f(zeros([2]))
    f.dispose()
    await Promise.resolve()
    expect(count).toEqual({ compiled: 2, disposed: 2 })
    await f(tensor([1]))
    expect(count.compiled).toBe(3)
  })

  it('explains the program', async () => {
    const f = compile(
      grad((x: Tensor) => sum(mul(x, x))),
      { engine: 'reference' }
    )
    expect(await f.explain(tensor([1]))).toContain('program (x0: float32[1])')
  })

  it('rejects what its function throws, again at every call', async () => {
    const own = new Error('mine')
    const f = compile(
      (_: Tensor): Tensor => {
        throw own
      },
      { engine: 'reference' }
    )
    await expect(f(tensor(1))).rejects.toBe(own)
    await expect(f(tensor(1))).rejects.toBe(own)
    const misfit = compile((x: Tensor) => add(x, zeros([7])), { engine: 'reference' })
    expect(await rejected(misfit(tensor([1, 2])))).toMatchObject({ _tag: 'ShapeMisfit', op: 'add' })
    expect((await misfit(zeros([7]))).shape).toEqual([7])
  })

  it('compiles again after a failure, once for calls at one time', async () => {
    const inner = reference()
    let [compiled, failing] = [0, true]
    const engine: Engine = {
      name: 'failing',
      compile: (program, options) => {
        compiled++
        return failing
          ? TE.left({ _tag: 'OutOfMemory', engine: 'failing', expected: 'a', actual: 'b', hint: 'c' })
          : inner.compile(program, options)
      }
    }
    const f = compile((x: Tensor) => add(x, 1), { engine })
    const both = [f(tensor([1])), f(tensor([2]))].map(rejected)
    expect((await Promise.all(both)).map(({ _tag }) => _tag)).toEqual(['OutOfMemory', 'OutOfMemory'])
    expect(compiled).toBe(1)
    failing = false
    expect((await f(tensor([3]))).data[0]).toBe(4)
    await f(tensor([4]))
    expect(compiled).toBe(2)
  })

  it('names the engines there are where one is misspelt', async () => {
    const error = await rejected(compile((x: Tensor) => x, { engine: 'refrence' as EngineName })(tensor(1)))
    expect(error).toMatchObject({ _tag: 'NotAvailable', op: 'compile' })
    expect(error.message).toContain("'refrence'")
    expect(error.message).toContain('reference')
  })

  it('runs in float64 where the engine does', async () => {
    const f = compile((x: Tensor) => mul(x, 0.1), { engine: 'reference:float64' })
    expect((await f(tensor([1]))).data).toEqual(new Float64Array([0.1]))
  })
})
