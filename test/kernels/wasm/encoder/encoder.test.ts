import { describe, expect, it } from 'vitest'
import {
  addData,
  atomics,
  block,
  branch,
  branchIf,
  call,
  createModule,
  defineFunction,
  defineGlobal,
  drop,
  encode,
  f32,
  f32x4,
  f64,
  f64x2,
  forRange,
  i32,
  i32x4,
  i64,
  i64x2,
  i8x16,
  ifThen,
  importFunction,
  leave,
  loop,
  memory,
  probes,
  relaxed,
  select,
  sharedFunction,
  shuffle32,
  v128,
  withMemory
} from '../../../../kernels/wasm/encoder/index.ts'
import type { Code, ValueType } from '../../../../kernels/wasm/encoder/index.ts'
import { WebAssembly } from '../../../../src/engines/webassembly.ts'
import { instantiate } from '../support/instantiate.ts'

const value = (result: ValueType, code: Code<ValueType>): number => {
  const module = createModule()
  defineFunction(module, { params: {}, result, export: 'run' }, () => leave(code))
  return instantiate(module).call('run')
}

const lanes = (code: Code<'v128'>): readonly number[] => {
  const module = createModule()
  defineFunction(module, { params: {}, export: 'run' }, () => v128.store(0, code))
  const { call: run, floats } = instantiate(module)
  run('run')
  return [...floats.subarray(0, 4)]
}

const integers = (code: Code<'v128'>): readonly number[] => lanes(f32x4.convertI32x4S(code))
const counting = f32x4.lanes(1, 2, 3, 4)

describe('scalars', () => {
  it.each<[number, Code<'i32'>]>([
    [-70000, i32.add(-70001, 1)],
    [6, i32.sub(i32.mul(i32.load(0), 5), i32.const(-6))],
    [0x7fffffff, i32.shrU(-1, 1)],
    [-1, i32.shrS(-4, 2)],
    [1, i32.ltU(3, -3)],
    [0, i32.ltS(3, -3)],
    [-(2 ** 31), i32.const(2 ** 31)],
    [7, i32.truncSatF32S(7.9)],
    [2 ** 31 - 1, i32.truncSatF64S(1e20)],
    [0x3f800000, i32.reinterpretF32(1)],
    [2, select('i32', i32.eqz(1), 1, 2)],
    [-5, i32.wrapI64(i64.add(-(2n ** 40n), 2n ** 40n - 5n))],
    [1, i64.ltS(-(2n ** 63n), 0n)]
  ])('%d', (expected, code) => expect(value('i32', code)).toBe(expected))

  it.each<[number, Code<'f64'>]>([
    [Math.PI, f64.const(Math.PI)],
    [3, f64.sqrt(9)],
    [2.5, f64.promoteF32(f32.add(f32.const(2), 0.5))],
    [-(2 ** 40), f64.convertI64S(i64.mul(-(2n ** 20n), 2n ** 20n))],
    [Math.fround(1 / 3), f64.promoteF32(f32.div(1, 3))],
    [0, f64.promoteF32(f32.load(64, 1024))]
  ])('%d', (expected, code) => expect(value('f64', code)).toBe(expected))
})

describe('vectors', () => {
  it.each<[readonly number[], Code<'v128'>]>([
    [[2, 4, 6, 8], f32x4.add(counting, counting)],
    [[0.5, 1, 1.5, 2], f32x4.mul(counting, 0.5)],
    [[1, 2, 9, 4], f32x4.replaceLane(counting, 2, 9)],
    [[3, 3, 3, 3], f32x4.splat(f32x4.extractLane(counting, 2))],
    [[4, 3, 2, 1], shuffle32(counting, counting, 3, 6, 1, 4)],
    [[2, 2, 2, 2], i8x16.swizzle(counting, i32x4.const(0x07060504))],
    [[1, 2, 0, 0], v128.bitselect(counting, f32x4.const(0), f32x4.lt(counting, 3))],
    [[3, 4, 0, 0], f32x4.demoteF64x2Zero(f64x2.add(f64x2.promoteLowF32x4(counting), 2))],
    [[1, 1, 1, 1], f32x4.abs(f32x4.neg(1))],
    [[1, 2, 2, 2], f32x4.min(counting, 2)]
  ])('%j', (expected, code) => expect(lanes(code)).toEqual(expected))

  it.each<[readonly number[], Code<'v128'>]>([
    [[1, 2, 3, 4], i32x4.truncSatF32x4S(f32x4.add(counting, 0.5))],
    [[-1, -1, 0, 0], f32x4.le(counting, 2)],
    [[2, 3, 4, 5], i32x4.add(i32x4.lanes(1, 2, 3, 4), 1)],
    [[2, 2, 2, 2], i32x4.shrU(i32x4.const(16), 3)],
    [[1, 0, 1, 0], i64x2.shrU(i64x2.extmulLowI32x4U(i32x4.const(-1), i32x4.const(2)), 32)],
    [[9, 9, 9, 7], i32x4.replaceLane(i32x4.splat(9), 3, 7)]
  ])('%j', (expected, code) => expect(integers(code)).toEqual(expected))

  it('loads and stores single lanes', () => {
    const module = createModule()
    defineFunction(module, { params: {}, export: 'run' }, () => [
      f32.store(0, 5),
      v128.store64Lane(16, v128.load32Splat(0), 0, 4),
      v128.store32Lane(32, v128.load32Lane(4, counting, 1, 16), 1),
      v128.store(48, v128.load32Zero(0)),
      v128.store(64, v128.load64Splat(20))
    ])
    const { call: run, floats } = instantiate(module)
    run('run')
    expect([...floats.subarray(4, 20)]).toEqual([0, 5, 5, 0, 5, 0, 0, 0, 5, 0, 0, 0, 5, 5, 5, 5])
  })
})

describe('functions and control', () => {
  it('branches to labels across nested blocks', () => {
    const module = createModule()
    const triangle = defineFunction(
      module,
      { params: { n: 'i32' }, result: 'i32', export: 'triangle' },
      (scope, { n }) => {
        const total = scope.local('i32')
        return [
          block((done) =>
            loop((again) => [
              ifThen(i32.eqz(n), branch(done), [total.set(i32.add(total, n)), n.set(i32.sub(n, 1)), branch(again)])
            ])
          ),
          leave(total)
        ]
      }
    )
    defineFunction(module, { params: {}, result: 'i32', export: 'twice' }, () =>
      leave(i32.add(call(triangle, { n: 4 }), call(triangle, { n: 2 })))
    )
    const { call: run } = instantiate(module)
    expect(run('triangle', 1000)).toBe(500500)
    expect(run('twice')).toBe(13)
  })

  it('calls imports, keeps globals and data, fills and copies', () => {
    const module = withMemory(createModule(), { initial: 1, export: 'memory' })
    const seen: number[] = []
    const see = importFunction(module, ['env', 'see'], { params: { x: 'f64', n: 'i32' } })
    const counter = defineGlobal(module, 'i32', 40, { export: 'counter' })
    addData(module, 8, Uint8Array.of(1, 2, 3))
    defineFunction(module, { params: {}, export: 'run' }, (scope) => {
      const index = scope.local('i32')
      return [
        forRange(index, 0, 3, 1, [counter.set(i32.add(counter, 1)), call(see, { x: 0.5, n: i32.load8U(index, 8) })]),
        forRange(index, 3, 3, 1, call(see, { n: index, x: -1 })),
        memory.fill(16, 7, 4),
        memory.copy(18, 8, 3),
        call(see, { x: 0, n: counter }),
        call(see, { x: 0, n: i32.load(16) })
      ]
    })
    const code = new WebAssembly.Module(encode(module))
    const { exports } = new WebAssembly.Instance(code, { env: { see: (_: number, n: number) => void seen.push(n) } })
    ;(exports['run'] as () => void)()
    expect(seen).toEqual([1, 2, 3, 43, 0x02010707])
  })

  it('shares what has one key', () => {
    const module = createModule()
    const define = () => defineFunction(module, { params: {}, result: 'i32' }, () => leave(i32.const(1)))
    expect(sharedFunction(module, 'one', define)).toBe(sharedFunction(module, 'one', define))
    expect(module.functions).toHaveLength(1)
  })

  it('has atomics on shared memory', () => {
    const module = withMemory(createModule(), { initial: 1, maximum: 1, shared: true })
    defineFunction(module, { params: {}, result: 'i32', export: 'run' }, () => [
      atomics.store(8, 5),
      drop(atomics.add(8, 3)),
      drop(atomics.compareExchange(0, 8, 11, 8)),
      atomics.fence,
      drop(atomics.notify(8, 1)),
      drop(atomics.wait32(8, 0, 0n)),
      leave(i32.add(atomics.load(8), atomics.exchange(8, 0)))
    ])
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encode(module)))
    expect((exports['run'] as () => number)()).toBe(22)
  })

  it('names the feature that is missing', () => {
    expect(WebAssembly.validate(probes.simd())).toBe(true)
    expect(WebAssembly.validate(probes.threads())).toBe(true)
    expect(relaxed.madd(counting, counting, counting)).toBeTypeOf('function')
    expect(probes.relaxedSimd().length).toBeGreaterThan(20)
  })

  it('emits a long function and tall stacks of blocks', () => {
    const module = createModule()
    defineFunction(module, { params: {}, result: 'i32', export: 'run' }, (scope) => {
      const sum = scope.local('i32')
      const nested = (depth: number): Code => (depth === 0 ? sum.set(i32.add(sum, 1)) : block(() => nested(depth - 1)))
      return [
        nested(200),
        Array.from({ length: 20000 }, () => sum.set(i32.add(sum, 3))),
        block((exit) => block(() => [branchIf(exit, 1), sum.set(0)])),
        leave(sum)
      ]
    })
    expect(instantiate(module).call('run')).toBe(60001)
  })
})
