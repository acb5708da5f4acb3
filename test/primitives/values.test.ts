import { describe, expect, it } from 'vitest'
import { call } from '../../src/program/call.ts'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import { registry } from '../../src/primitives/registry.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'

const doubles = (...values: number[]) => makeTensor(new Float64Array(values))
const ints = (...values: number[]) => makeTensor(new Int32Array(values))

const at = (name: PrimitiveName, x: number): number => call(registry[name], {}, [doubles(x)]).data[0]!

const expectRelative = (actual: number, expected: number, tolerance: number): void => {
  if (Number.isNaN(expected) || !Number.isFinite(expected) || expected === 0) expect(actual).toBe(expected)
  else expect(Math.abs(actual - expected) / Math.abs(expected)).toBeLessThanOrEqual(tolerance)
}

// To 20 digits, by mpmath, of the double that the argument is.
const known: Readonly<Partial<Record<PrimitiveName, readonly (readonly [number, number])[]>>> = {
  exp: [
    [-700, 9.8596765437597708567e-305],
    [-1, 0.3678794411714423216],
    [1e-10, 1.0000000001],
    [1, 2.7182818284590452354],
    [700, 1.0142320547350045095e304]
  ],
  log: [
    [1e-300, -690.77552789821370518],
    [0.5, -0.69314718055994530942],
    [1.0000001, 9.9999995058387045178e-8],
    [10, 2.302585092994045684],
    [1e300, 690.77552789821370526]
  ],
  log1p: [
    [-0.9999999, -16.118095651484675636],
    [-0.5, -0.69314718055994530942],
    [-1e-20, -9.9999999999999994516e-21],
    [1e-300, 1.0000000000000000251e-300],
    [1e-10, 9.9999999995000003644e-11],
    [0.5, 0.40546510810816438198],
    [10000000000.0, 23.02585093004045684]
  ],
  expm1: [
    [-40, -0.99999999999999999575],
    [-1, -0.6321205588285576784],
    [-1e-20, -9.9999999999999994515e-21],
    [1e-300, 1.0000000000000000251e-300],
    [1e-10, 1.0000000000500000364e-10],
    [0.5, 0.64872127070012814685],
    [700, 1.0142320547350045095e304]
  ],
  sin: [
    [1e-300, 1.0000000000000000251e-300],
    [1, 0.84147098480789650665],
    [3, 0.1411200080598672221],
    [22, -0.0088513092904038759217],
    [1000000.0, -0.34999350217129295212]
  ],
  cos: [
    [1e-10, 0.99999999999999999999],
    [1, 0.5403023058681397174],
    [3, -0.98999249660044545727],
    [22, -0.99996082639463712645],
    [1000000.0, 0.93675212753314478694]
  ],
  tanh: [
    [-20, -0.9999999999999999915],
    [-0.5, -0.4621171572600097585],
    [1e-300, 1.0000000000000000251e-300],
    [1e-10, 1.0000000000000000364e-10],
    [1, 0.76159415595576488812],
    [5, 0.99990920426259513121]
  ],
  logistic: [
    [-745, 2.8223507304719370764e-324],
    [-700, 9.8596765437597708567e-305],
    [-40, 4.2483542552915889773e-18],
    [-1, 0.26894142136999512075],
    [-1e-10, 0.499999999975],
    [0, 0.5],
    [1e-10, 0.500000000025],
    [1, 0.73105857863000487925],
    [20, 0.99999999793884638181],
    [40, 0.99999999999999999575],
    [800, 1.0]
  ],
  softplus: [
    [-745, 2.8223507304719370764e-324],
    [-700, 9.8596765437597708567e-305],
    [-40, 4.2483542552915889863e-18],
    [-1, 0.31326168751822283405],
    [0, 0.69314718055994530942],
    [1e-10, 0.69314718060994530942],
    [1, 1.313261687518222834],
    [36, 36.000000000000000232],
    [40, 40.000000000000000004],
    [800, 800.0]
  ],
  erf: [
    [-7, -1.0],
    [-3, -0.99997790950300141456],
    [-1, -0.84270079294971486934],
    [1e-300, 1.1283791670955126022e-300],
    [1e-10, 1.128379167095512615e-10],
    [0.3, 0.32862675945912741619],
    [0.84, 0.76514271145499451734],
    [0.85, 0.77066805760835252021],
    [1, 0.84270079294971486934],
    [1.24, 0.92050518429902966771],
    [1.26, 0.92523594181012948656],
    [2, 0.99532226501895273416],
    [2.85, 0.99994434372003860104],
    [2.86, 0.9999475988269556022],
    [3, 0.99997790950300141456],
    [4, 0.99999998458274209972],
    [5.9, 0.9999999999999999281],
    [6.1, 0.99999999999999999369]
  ],
  sqrt: [
    [0, 0],
    [1e-300, 1.0000000000000000125e-150],
    [2, 1.4142135623730950488],
    [1e300, 1.0000000000000000263e150]
  ]
}

describe.for(Object.keys(known) as PrimitiveName[])('%s', (name) => {
  it('is right to the last bits, tails included', () => {
    for (const [x, y] of known[name]!) expectRelative(at(name, x), y, 4e-16)
  })
})

describe('threefry', () => {
  const block = (...[k0, k1, c0, c1]: readonly [number, number, number, number]): readonly number[] =>
    ([0, 1] as const).map((word) => {
      const [key0, key1, counter0, counter1] = [k0, k1, c0, c1].map((value) => ints(value | 0))
      return o.threefry(key0!, key1!, counter0!, counter1!, word).data[0]! >>> 0
    })

  it("gives the blocks of Random123's kat_vectors for threefry2x32, 20 rounds", () => {
    const ones = 0xffffffff
    expect(block(0, 0, 0, 0)).toEqual([0x6b200159, 0x99ba4efe])
    expect(block(ones, ones, ones, ones)).toEqual([0x1cb996fc, 0xbb002be7])
    expect(block(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)).toEqual([0xc4923a9c, 0x483df7a0])
  })
})

describe('bitsToUnit', () => {
  it('takes the upper 24 bits as a fraction that float32 holds exactly', () => {
    const { data } = o.bitsToUnit(ints(0, 0xff, 0x100, 0x80000000 | 0, -1))
    expect([...data]).toEqual([0, 0, 2 ** -24, 0.5, 1 - 2 ** -24])
  })
})

describe('int32', () => {
  it('wraps around', () => {
    const [least, most] = [-2147483648, 2147483647]
    expect(o.add(ints(most), ints(1)).data[0]).toBe(least)
    expect(o.sub(ints(least), ints(1)).data[0]).toBe(most)
    expect(o.mul(ints(0x10001), ints(0x10001)).data[0]).toBe(0x20001)
    expect(o.neg(ints(least)).data[0]).toBe(least)
    expect(o.abs(ints(least)).data[0]).toBe(least)
  })
  it('is made of floats towards zero, saturating', () => {
    const { data } = o.convert(doubles(1.9, -1.9, 3e9, -3e9, NaN, Infinity, -0), 'int32')
    expect([...data]).toEqual([1, -1, 2147483647, -2147483648, 0, 2147483647, 0])
  })
})

describe('bool', () => {
  it('is made of numbers by whether they are not zero', () => {
    expect([...o.convert(doubles(0, -0, 0.1, NaN), 'bool').data]).toEqual([0, 0, 1, 1])
  })
  it('of a comparison with NaN is false, but for ne', () => {
    const names = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const
    expect(names.map((name) => o.compare(doubles(NaN), doubles(NaN), name).data[0])).toEqual([0, 1, 0, 0, 0, 0])
  })
})

describe('NaN', () => {
  it('goes through max, min, sign and floor', () => {
    expect(o.max(doubles(NaN, 1), doubles(1, NaN)).data).toEqual(new Float64Array([NaN, NaN]))
    expect(o.min(doubles(NaN, 1), doubles(1, NaN)).data).toEqual(new Float64Array([NaN, NaN]))
    for (const name of ['sign', 'floor', 'abs', 'erf', 'logistic', 'softplus', 'tanh'] as const)
      expect(at(name, NaN)).toBeNaN()
  })
  it('behind a select that does not take it stays there', () => {
    const when = o.compare(doubles(1), doubles(2), 'gt')
    expect(o.select(when, doubles(NaN), doubles(3)).data[0]).toBe(3)
  })
})

describe('the precision of a result', () => {
  it('is that of its operands', () => {
    expect(o.exp(doubles(1)).data).toBeInstanceOf(Float64Array)
    expect(o.exp(makeTensor([1])).data).toBeInstanceOf(Float32Array)
    expect(o.exp(makeTensor([1])).data[0]).toBe(Math.fround(Math.E))
  })
})
