/**
 * A process that opens a device of the mode it is given, runs a kernel once, and leaves a second call and the device
 * behind; or, given 'real', asks for a GPU that is one.
 */
import * as E from '#fp-ts/Either'
import { showFault } from '../../../../src/engines/engine.ts'
import { realAdapter } from '../../../../src/engines/gpu/device/adapter.ts'
import { openDevice } from '../../../../src/engines/gpu/device/openDevice.ts'
import type { GpuMode } from '../../../../src/engines/gpu/modes.ts'

const report = async (mode: GpuMode): Promise<string> => {
  const device = await openDevice(mode)
  if (E.isLeft(device)) return showFault(device.left(`gpu:${mode}`))
  const { gpu } = device.right
  const kernel = gpu.createKernel('function (a) { return a[this.thread.x]; }', {
    output: [4],
    precision: 'single',
    loopMaxIterations: 1e9
  })
  const run = gpu.createPipeline((a) => [kernel(a)], { threads: false })
  const [first] = await run(new Float32Array(4).fill(1))
  void run(new Float32Array(4).fill(2))
  return `first ${(first as Float32Array)[3]}`
}

const asked = process.argv[2]!
process.stdout.write(`${asked === 'real' ? `real: ${await realAdapter()}` : await report(asked as GpuMode)}\n`)
