/** A process that opens a device of the mode it is given, runs a kernel once, and leaves a second call and the device behind. */
import * as E from '#fp-ts/Either'
import { drawFault } from '../../../src/engines/engine.ts'
import { openDevice } from '../../../src/engines/gpu/device.ts'
import type { GpuMode } from '../../../src/engines/gpu/modes.ts'

const mode = process.argv[2] as GpuMode
const device = await openDevice(mode)
if (E.isLeft(device)) process.stdout.write(`${drawFault(device.left(`gpu:${mode}`))}\n`)
else {
  const { gpu } = device.right
  const kernel = gpu.createKernel('function (a) { return a[this.thread.x]; }', {
    output: [4],
    precision: 'single',
    loopMaxIterations: 1e9
  })
  const run = gpu.createPipeline((a) => [kernel(a)], { threads: false })
  const [first] = await run(new Float32Array(4).fill(1))
  process.stdout.write(`first ${(first as Float32Array)[3]}\n`)
  void run(new Float32Array(4).fill(2))
}
