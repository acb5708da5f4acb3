// The built package in plain Node, Bun and Deno, imported and required.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { E, Gan, Issue, Loss, Net, Opt, Prior, compile, grad, pipe, square, sum, tensor } from 'saddlepoint'
import { Figure } from 'saddlepoint/figures'

const slope = pipe(
  tensor([1, 2, 3]),
  grad((x) => sum(square(x)))
)
assert.deepEqual([...slope.data], [2, 4, 6])
assert.ok(slope.data instanceof Float32Array)

const required = createRequire(import.meta.url)('saddlepoint')
assert.equal(required.grad, grad)

// A compiled function, on every engine that needs nothing beside the package.
for (const engine of ['reference', 'wasm', 'gpu:webasm']) {
  const compiled = compile(
    grad((x) => sum(square(x))),
    { engine }
  )
  assert.deepEqual([...(await compiled(tensor([1, 2, 3]))).data], [2, 4, 6], engine)
  compiled.dispose()
}

// Figures, with the renderer and the font that the package brings.
const figure = Figure.lines([{ name: 'loss', x: [0, 1], y: [2, 1] }], { title: 'Loss' })
const png = await Figure.toPng(figure, { scale: 1 })()
assert.ok(figure.startsWith('<svg') && E.isRight(png), JSON.stringify(png.left))

// A GAN, its globals untouched; the process must end by itself.
const globals = Object.keys(globalThis).length
const trained = await pipe(
  Gan.between({ generator: Net.dense(2, 1), discriminator: Net.dense(1, 1), prior: Prior.normal([2]) }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withOptimizer('generator', Opt.adam({ learningRate: 1e-3 })),
  Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 1e-3 })),
  Gan.train({ data: [tensor([[1], [2]]), tensor([[3], [4]])], batchSize: 2, steps: 10 })
)()
assert.ok(E.isRight(trained), E.isLeft(trained) ? Issue.show(trained.left) : '')
assert.equal(trained.right.stopped, 'exhausted')
assert.equal(trained.right.stepsDone, 2)
assert.equal(Object.keys(globalThis).length, globals)
