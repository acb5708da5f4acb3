// The built package in plain Node, imported and required.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { grad, pipe, square, sum, tensor } from 'saddlepoint'

const slope = pipe(
  tensor([1, 2, 3]),
  grad((x) => sum(square(x)))
)
assert.deepEqual([...slope.data], [2, 4, 6])
assert.ok(slope.data instanceof Float32Array)

const required = createRequire(import.meta.url)('saddlepoint')
assert.equal(required.grad, grad)
