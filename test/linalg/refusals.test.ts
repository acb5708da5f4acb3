/** What functions of linear algebra refuse, by the name that was called and in words. */
import { describe, expect, it } from 'vitest'
import { cholesky, conjugateGradient, eigh, exp, inverse, lanczos, logdet, matrixFunction, matrixSqrt, powerIteration, qr, singularValues, solve, svd, tensor, triangularSolve, zeros } from '../../src/index.ts' // prettier-ignore
import { thrown } from '../support/thrown.ts'

type Call = (...args: readonly unknown[]) => unknown

const ofMatrix: Readonly<Record<string, Call>> = {
  cholesky: cholesky as Call,
  eigh: eigh as Call,
  qr: qr as Call,
  svd: svd as Call,
  singularValues: singularValues as Call,
  inverse: inverse as Call,
  logdet: logdet as Call,
  matrixSqrt: matrixSqrt as Call,
  matrixFunction: (...args) => (matrixFunction as Call)(exp, ...args)
}
const ofAnyShape = ['qr', 'svd', 'singularValues']
const eye = tensor([[1, 0], [0, 1]]) // prettier-ignore
const whole = zeros([2, 2], 'int32')

describe.each(Object.entries(ofMatrix))('%s', (op, f) => {
  it('takes float32 matrices, one or many', () => {
    expect(thrown(() => f(whole))).toMatchObject({ _tag: 'DTypeMisfit', op, expected: 'float32 matrices [..., m, n]', actual: 'int32[2, 2]' }) // prettier-ignore
    expect(thrown(() => f(zeros([2])))).toMatchObject({ _tag: 'ShapeMisfit', op, expected: 'float32 matrices [..., m, n]', actual: 'float32[2]' }) // prettier-ignore
    expect(thrown(() => f(3))).toMatchObject({ op })
    expect(thrown(() => f(eye, 3))).toMatchObject({ op, expected: 'no further argument', actual: '3' })
    const several = f(tensor([[[1, 0], [0, 1]], [[1, 0], [0, 1]]])) // prettier-ignore
    expect([several].flat()[0]).toMatchObject({ dtype: 'float32' })
  })
})

it.each(Object.entries(ofMatrix).filter(([op]) => !ofAnyShape.includes(op)))(
  '%s takes square matrices alone',
  (op, f) => {
    expect(thrown(() => f(zeros([3, 2, 5])))).toMatchObject({ _tag: 'ShapeMisfit', op, expected: 'square matrices [..., n, n]', actual: 'float32[3, 2, 5]' }) // prettier-ignore
  }
)

describe.each<readonly [string, Call]>([
  ['solve', solve as Call],
  ['triangularSolve', triangularSolve as Call]
])('%s', (op, f) => {
  const right = 'a float32 right side [n] or [..., n, m] of matrices [..., n, n]'
  it.each([
    ['a vector of another length', zeros([3]), 'float32[3] for float32[2, 2]'],
    ['columns of another length', zeros([3, 2]), 'float32[3, 2] for float32[2, 2]'],
    ['integers', zeros([2], 'int32'), 'int32[2] for float32[2, 2]']
  ])('refuses %s', (_, b, actual) => {
    expect(thrown(() => f(eye, b))).toMatchObject({ _tag: 'ShapeMisfit', op, expected: right, actual })
  })
  it('names itself for whatever is no matrix, no right side, or left over', () => {
    expect(thrown(() => f(whole, zeros([2])))).toMatchObject({ _tag: 'DTypeMisfit', op })
    expect(thrown(() => f(zeros([2, 3]), zeros([2])))).toMatchObject({ _tag: 'ShapeMisfit', op })
    expect(thrown(() => f(eye, 3))).toMatchObject({ op })
    expect(thrown(() => f(zeros([3, 2, 2]), zeros([4, 2, 1])))).toMatchObject({ op })
    expect(thrown(() => f(eye, zeros([2]), ...(op === 'solve' ? [1] : [{}, 1])))).toMatchObject({ op, expected: 'no further argument' }) // prettier-ignore
  })
  it('broadcasts leading axes, and gives a vector for a vector', () => {
    const many = tensor([[[2, 0], [0, 4]], [[1, 0], [0, 1]]]) // prettier-ignore
    expect(f(many, tensor([2, 4]))).toMatchObject({ shape: [2, 2], data: Float32Array.of(1, 1, 2, 4) })
    expect(f(eye, tensor([[[2], [4]], [[1], [3]]]))).toMatchObject({ shape: [2, 2, 1], data: Float32Array.of(2, 4, 1, 3) }) // prettier-ignore
  })
})

describe('triangularSolve', () => {
  const a = tensor([[2, 7], [1, 4]]) // prettier-ignore
  const b = tensor([2, 8])
  it.each<readonly [string, object | undefined, readonly number[]]>([
    ['nothing', undefined, [1, 1.75]],
    ['no options', {}, [1, 1.75]],
    ['lower', { lower: true }, [1, 1.75]],
    ['upper', { lower: false }, [-6, 2]],
    ['transposed', { transposed: true }, [0, 2]],
    ['upper, transposed', { lower: false, transposed: true }, [1, 0.25]]
  ])('reads one triangle: %s', (_, options, x) => {
    expect([...(triangularSolve(a, b, options).data as Float32Array)]).toEqual(x)
  })
  it.each([{ lower: 1 }, { transposed: 'yes' }, { lowr: true }])('refuses options %o', (options) => {
    expect(thrown(() => triangularSolve(a, b, options as never))).toMatchObject({ op: 'triangularSolve' })
  })
})

describe.each<readonly [string, Call]>([
  ['conjugateGradient', conjugateGradient as Call],
  ['powerIteration', powerIteration as Call],
  ['lanczos', lanczos as Call]
])('%s', (op, f) => {
  const same = (v: unknown): unknown => v
  const one = { steps: 1 }
  it.each<readonly [string, readonly unknown[], object]>([
    ['a map that is none', [3, zeros([2]), one], { expected: 'a function v -> A v' }],
    ['integers', [same, zeros([2], 'int32'), one], { _tag: 'DTypeMisfit', expected: 'a vector of float32 tensors', actual: 'int32[2]' }],
    ['integers among others', [same, [zeros([2]), zeros([3], 'int32')], one], { _tag: 'DTypeMisfit', actual: 'int32[3]' }],
    ['no tensor', [same, [], one], { _tag: 'DTypeMisfit', actual: 'no tensor' }],
    ['another shape', [() => zeros([3]), zeros([2]), one], { _tag: 'ShapeMisfit', expected: 'a result of the map shaped like the vector, float32[2] at the root' }],
    ['another tree', [() => [zeros([2])], zeros([2]), one], { _tag: 'InvalidTree' }],
    ['no steps', [same, zeros([2]), {}], { expected: 'a whole number of at least 1 as steps' }],
    ['a step and a half', [same, zeros([2]), { steps: 1.5 }], { expected: 'a whole number of at least 1 as steps' }],
    ['a misspelt option', [same, zeros([2]), { steps: 1, step: 1 }], { hint: 'Did you mean steps?' }],
    ['a further argument', [same, zeros([2]), one, 3], { expected: 'no further argument', actual: '3' }]
  ])('refuses %s', (_, args, error) => {
    expect(thrown(() => f(...args))).toMatchObject({ op, ...error })
  }) // prettier-ignore
})
