import { describe, expect, it } from 'vitest'
import { add, E, matmul, ones, Program } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { worthThreads } from '../../../src/engines/gpu/worthThreads.ts'
import { printPart } from '../../../kernels/gpu/printPart.ts'
import type { Program as Traced } from '../../../src/program/program.ts'

const isWorth = (program: Traced): boolean => {
  const work = printPart(program, { quads: true, mostArguments: 63, mostElements: 2 ** 24 })
  if (E.isLeft(work)) throw new Error(work.left.actual)
  return worthThreads(work.right)
}

describe("gpu.js's threads", () => {
  it('are worth their start and their meetings for large work alone', () => {
    expect(isWorth(Program.of(matmul, ones([512, 512]), ones([512, 512])))).toBe(true)
    expect(isWorth(Program.of(matmul, ones([32, 32]), ones([32, 32])))).toBe(false)
    expect(isWorth(Program.of((x) => add(x, 1), ones([8192])))).toBe(false)
  })

  it('cost a meeting for each kernel', () => {
    const product = (times: number) => (x: Tensor, w: Tensor) =>
      Array.from({ length: times }).reduce<Tensor>((y) => matmul(y, w), x)
    const chain = (times: number, extent: number): boolean =>
      isWorth(Program.of(product(times), ones([extent, extent]), ones([extent, extent])))
    // As much work in one kernel as in 64 is worth what 64 kernels are not.
    expect(chain(1, 128)).toBe(true)
    expect(chain(64, 32)).toBe(false)
  })
})
