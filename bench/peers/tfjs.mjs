// TensorFlow.js on its WebAssembly backend.
import * as tf from '@tensorflow/tfjs'
import { getThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { fileURLToPath } from 'node:url'
import { serve } from './common.mjs'

setWasmPaths(fileURLToPath(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)))
await tf.setBackend('wasm')
await tf.ready()

export { tf }

/**
 * tf.leakyRelu, tf.maximum and tf.where(greater) cannot be differentiated twice in 4.22 ("gradient function not found for
 * Greater"), so leaky relu is written as relu(x) - 0.2 relu(-x).
 */
export const leakyRelu = (x) => tf.sub(tf.relu(x), tf.mul(0.2, tf.relu(tf.neg(x))))

export const serveHere = (step, check) =>
  serve(`tfjs ${tf.version.tfjs} ${tf.getBackend()}`, getThreadsCount(), step, check)

/** A training step: the loss's gradient at the variables, and the optimizer's update. */
export const serveTraining = (loss, variables, optimizer) =>
  serveHere(async () => {
    const value = tf.tidy(() => {
      const { value: loss1, grads } = tf.variableGrads(loss, variables)
      optimizer.applyGradients(grads)
      return loss1
    })
    const [number] = await value.data()
    value.dispose()
    return number
  })
