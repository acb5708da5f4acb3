/** Loops that stop before their bound do stop: their bodies count iterations, whatever the condition says. */
import { describe, expect, it } from 'vitest'
import { E, Engine } from '../../../src/index.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { call } from '../../../src/program/call.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import { openGraph } from '../../../src/program/graph.ts'
import type { Node } from '../../../src/program/node.ts'
import type { Program } from '../../../src/program/program.ts'
import { bodyOf } from '../../../src/program/scan.ts'
import { traceInto } from '../../../src/program/trace.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import type { Aval, Tensor } from '../../../src/tensor/tensor.ts'
import { scan } from '../../../src/transform/scan/primitive.ts'

const float = (...shape: readonly number[]): Aval => ({ shape, dtype: 'float32' })
const truth: Aval = { shape: [], dtype: 'bool' }

/** Counts while the count is below a limit, and adds up, over a vector that is large enough for threads to share. */
const counting = (size: number, inner: (sum: Tensor) => Tensor = (sum) => sum): Program =>
  traceInto(
    openGraph(o),
    [float(), float(), float(size), truth],
    ([limit, count, sum]) => {
      const next = o.add(count!, 1)
      return [next, o.add(inner(sum!), o.broadcastInDim(next, [size], [])), o.compare(next, limit!, 'lt')]
    },
    'body'
  ).program

const loopOf = (body: Program, length: number, [limit, count, sum, going]: readonly Tensor[]): Tensor =>
  call(scan, { body: bodyOf(body), constants: 1, carries: 3, length, reverse: false, returned: [0, 1], linear: [], keep: 'all', whileTrue: 2 }, [limit!, count!, sum!, going!]) // prettier-ignore

const programOf = (f: (limit: Node, start: Tensor, zeros: Tensor, going: Node) => readonly Tensor[]): Program =>
  traceInto(openGraph(o), [float(), truth], ([limit, going]) => f(limit!, o.full([], 0), o.full([8], 0), going!), 'test').program // prettier-ignore

const onWasm = async (
  program: Program,
  threads: number,
  inputs: readonly (readonly Data[])[]
): Promise<readonly (readonly Data[])[]> => {
  const made = await Engine.wasm({ threads }).compile(program)()
  if (E.isLeft(made)) throw new Error(JSON.stringify(made.left))
  const results: (readonly Data[])[] = []
  for (const own of inputs) {
    const result = await made.right.run(own)()
    if (E.isRight(result)) results.push(result.right)
  }
  made.right.dispose()
  return results
}

describe.each([1, 3])('on %i threads', (threads) => {
  const given = [3, 0, 100, 1].map((limit) => [Float32Array.of(limit), Uint8Array.of(limit > 0 ? 1 : 0)])

  it('a loop stops where its condition fails, at each run anew', async () => {
    const program = programOf((limit, count, sum, going) => [loopOf(counting(8), 20, [limit, count, sum, going])])
    const results = await onWasm(program, threads, given)
    expect(results.map(([data]) => data![0])).toEqual([3, 0, 20, 1])
    expect(results.map(([data]) => data![8])).toEqual([6, 0, 210, 1])
    expect(results).toEqual(given.map((own) => prepare(program, 'float32')(own)))
  })

  it('a loop within a loop stops at every iteration of the other, and what follows goes on', async () => {
    const body = traceInto(
      openGraph(o),
      [float(), truth, float(9)],
      ([limit, going, sum]) => {
        const last = loopOf(counting(8), 20, [limit!, o.full([], 0), o.slice(sum!, [1], [9]), going!])
        return [o.add(last, sum!)]
      },
      'outer'
    ).program
    const program = programOf((limit, _, __, going) => {
      const outer = call(scan, { body: bodyOf(body), constants: 2, carries: 1, length: 3, reverse: false, returned: [0], linear: [], keep: 'all' }, [limit, going, o.full([9], 0)]) // prettier-ignore
      const after = loopOf(counting(8), 20, [limit, o.full([], 0), o.slice(outer, [1], [9]), going])
      return [outer, o.mul(after, 2)]
    })
    const results = await onWasm(program, threads, given)
    expect(results.map(([outer]) => outer![0])).toEqual([9, 0, 60, 3])
    expect(results).toEqual(given.map((own) => prepare(program, 'float32')(own)))
  })

  it('a loop stops whose bodies threads share', async () => {
    const size = 200_000
    const body = counting(size, o.sin)
    const program = programOf((limit, count, _, going) => [o.slice(loopOf(body, 12, [limit, count, o.full([size], 0), going]), [0], [4])]) // prettier-ignore
    const results = await onWasm(program, threads, given)
    expect(results.map(([data]) => data![0])).toEqual([3, 0, 12, 1])
  })
})
