import * as E from '#fp-ts/Either'
import { isSoftwareName } from './adapter.ts'
import type { Backends, WebGl, WebGlBackend } from './backends.ts'
import type { Device } from './device.ts'
import type { FaultOf } from '../faultOf.ts'
import type { Gpu } from './gpujs.ts'
import { lost } from '../faults.ts'
import { notAvailable, useAnother } from './notAvailable.ts'

export type WebGlMode = 'webgl2' | 'webgl' | 'headlessgl'

const backendOf = (backends: Backends, mode: WebGlMode): WebGlBackend =>
  mode === 'webgl2' ? backends.WebGL2Kernel : mode === 'webgl' ? backends.WebGLKernel : backends.HeadlessGLKernel

const missing: Readonly<Record<WebGlMode, FaultOf>> = {
  webgl2: notAvailable('a browser with WebGL 2', 'no context of WebGL 2', `In Node use headlessgl, or ${useAnother}`),
  webgl: notAvailable('a browser with WebGL', 'no context of WebGL', `In Node use headlessgl, or ${useAnother}`),
  headlessgl: notAvailable(
    "Node with the package 'gl' built, and an X display",
    'no context of GL',
    `Build it (npm rebuild gl, with libxi-dev, libxext-dev and libx11-dev) and start under xvfb-run -a, or ${useAnother}`
  )
}

const noFloats = notAvailable(
  'textures of floats that can be written and read',
  'a context of WebGL without them',
  `Update the driver or the browser, or ${useAnother}`
)

/** Returns the name of the driver, or a vague one in browsers without the extension. */
const rendererOf = (gl: WebGl): string => {
  if (gl._getParameterDirect !== undefined) return String(gl._getParameterDirect(gl.RENDERER))
  const extension = gl.getExtension('WEBGL_debug_renderer_info') as { readonly UNMASKED_RENDERER_WEBGL: number } | null
  return String(gl.getParameter(extension === null ? gl.RENDERER : extension.UNMASKED_RENDERER_WEBGL))
}

/** Makes a device of WebGL; its context is opened by the first kernel. */
export const webGlDevice = (backends: Backends, mode: WebGlMode): E.Either<FaultOf, Device> => {
  const { isSupported, features, testContext: gl } = backendOf(backends, mode)
  if (!isSupported || features === null || gl === null) return E.left(missing[mode])
  if (!features.isFloatRead || !features.isTextureFloat) return E.left(noFloats)
  const gpu = new backends.GPU({ mode }) as Gpu & { readonly context: WebGl | null }
  const adapter = rendererOf(gl)
  const side = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number
  let destroyed = false
  const gone = (): string | undefined =>
    destroyed ? 'it was destroyed' : gpu.context?.isContextLost() === true ? 'the context of WebGL was lost' : undefined
  return E.right({
    mode,
    gpu,
    adapter,
    isSoftware: isSoftwareName(adapter),
    // One unit stays for the texture that is written. Beyond the last unit a kernel reads zeros without an error.
    mostArguments: (gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number) - 1,
    mostElements: Math.min(2 ** 24, side * side),
    lost: gone,
    takeFault: () => {
      const reason = gone()
      return reason === undefined ? undefined : lost(reason)
    },
    destroy: async () => {
      destroyed = true
      await gpu.destroy()
    }
  })
}
