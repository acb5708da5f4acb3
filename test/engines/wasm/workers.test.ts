import { Worker } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { planMemory } from '../../../src/compiler/memory/plan.ts'
import { schedule } from '../../../src/compiler/scheduleProgram.ts'
import { buildModule } from '../../../kernels/wasm/module/buildModule.ts'
import { loadEmitter } from '../../../kernels/wasm/stages/emitKernel.ts'
import { control } from '../../../kernels/wasm/module/protocol.ts'
import { instantiate } from '../../../src/engines/wasm/instance.ts'
import { spawner } from '../../../src/engines/wasm/spawner.ts'
import { endWorkers } from '../../../src/engines/wasm/workers.ts'
import { WebAssembly } from '../../../src/engines/webassembly.ts'
import { matmul, tanh } from '../../../src/index.ts'
import { float, programOf, rightOf } from '../../support/programs.ts'
import { bitsOf, build } from './support.ts'

const xs = [float([256, 256], 1)]
const program = programOf((x) => [tanh(matmul(tanh(matmul(x, x)), x))], xs)

describe('workers', () => {
  it.each([
    ['ends', (died: (cause: string) => void) => void setTimeout(() => died('out of threads'))],
    [
      'throws',
      () => {
        throw new Error('out of threads')
      }
    ]
  ])('are tried again when the first of them did not start: it %s', async (_, start) => {
    endWorkers()
    const spawn = vi.spyOn(spawner, 'spawn').mockImplementationOnce((__, { died }) => {
      start(died)
      return { post: () => undefined, terminate: () => undefined, hold: () => undefined }
    })
    const executables = [await build(program, 2, 0, true), await build(program, 2, 0, true)]
    spawn.mockRestore()
    expect(executables.map(({ threads }) => threads)).toEqual([1, 2])
    const results = [
      rightOf(await executables[0]!.run([xs[0]!.data])()),
      rightOf(await executables[1]!.run([xs[0]!.data])())
    ]
    expect(bitsOf(results[1]!) === bitsOf(results[0]!)).toBe(true)
    for (const executable of executables) executable.dispose()
  })

  it('that end between calls are replaced', async () => {
    const executable = await build(program, 2)
    const expected = bitsOf(rightOf(await executable.run([xs[0]!.data])()))
    for (let round = 0; round < 3; round++) {
      endWorkers()
      for (let i = 0; i < 30; i++)
        expect(bitsOf(rightOf(await executable.run([xs[0]!.data])())) === expected).toBe(true)
    }
    executable.dispose()
  })

  it.each([false, true])(
    'end where much was disposed of, and others go on: background %s',
    async (background) => {
      const executable = await build(program, 2, 0, background)
      const run = async (): Promise<string> => bitsOf(rightOf(await executable.run([xs[0]!.data])()))
      const expected = await run()
      const spawn = vi.spyOn(spawner, 'spawn')
      const large = programOf((x) => [tanh(x)], [{ shape: [2 ** 23], dtype: 'float32' }])
      for (let round = 0; round < 6; round++) {
        const one = await build(large, 2, 0, background)
        rightOf(await one.run([new Float32Array(2 ** 23)])())
        one.dispose()
        const results = [run(), run(), run()]
        for (const result of results) expect((await result) === expected).toBe(true)
      }
      await vi.waitFor(
        async () => {
          expect((await run()) === expected).toBe(true)
          expect(spawn.mock.calls.length).toBeGreaterThan(0)
        },
        { timeout: 30_000 }
      )
      spawn.mockRestore()
      executable.dispose()
    },
    60_000
  )

  it('that end with a task in hand are a fault, at once', async () => {
    const made = schedule(program)
    const plan = planMemory(made)
    const built = buildModule(
      made,
      plan,
      0,
      { threads: 2, background: false, arithmetic: 'strict' },
      await loadEmitter(made)
    )
    const instance = rightOf(await instantiate(made, built, await WebAssembly.compile(built.code)))
    const memory = instance.views[0]!.buffer
    const region = built.regions.find(({ parallel }) => parallel)
    expect(built.regions[0]).toBe(region)
    // Takes a task as soon as one is there, and then says that it trapped.
    const thief = new Worker(
      `const { workerData: { memory, gate, end, fault }, parentPort } = require('node:worker_threads')
      const words = new Int32Array(memory)
      parentPort.postMessage('there')
      while (Atomics.load(words, gate) >= end || Atomics.add(words, gate, 1) >= end);
      Atomics.store(words, fault, 1)`,
      {
        eval: true,
        workerData: { memory, gate: (built.table.gates + 64) / 4, end: region!.bounds[2]!, fault: control.fault / 4 }
      }
    )
    await new Promise((resolve) => thief.once('message', resolve))
    let fault
    // On a loaded machine it is some calls until the thief gets its turn.
    for (let i = 0; i < 20_000 && fault === undefined; i++) fault = await instance.runRegions(0, built.stepRegions)
    expect(fault).toMatchObject({ _tag: 'WorkerDied', engine: 'wasm' })
    await thief.terminate()
    const executable = await build(program, 2)
    rightOf(await executable.run([xs[0]!.data])())
    executable.dispose()
  }, 60_000)
})
