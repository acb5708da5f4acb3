import * as E from '#fp-ts/Either'
import type { FaultOf } from '../faultOf.ts'
import { messageOf } from '../faultOf.ts'
import { notAvailable, useAnother } from './notAvailable.ts'
import { mayHaveDriver } from './vulkan.ts'
import type { WebGpu, WebGpuAdapter } from './webgpu.ts'

interface Platform {
  readonly navigator?: { readonly gpu?: WebGpu }
  readonly process?: { readonly versions?: { readonly node?: string } }
}

interface WebGpuPackage {
  readonly create: (options: readonly string[]) => WebGpu
}

/** The package is imported by this variable, since a bundler would look for a literal name, and no browser needs it. */
const packageName = 'webgpu'

/** WebGPU of the package. It is kept, since devices die together with the object they came from. */
let fromPackage: WebGpu | undefined

const load = async (): Promise<WebGpu> => {
  const { create } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ packageName)) as WebGpuPackage
  return (fromPackage ??= create([]))
}

const notInstalled = (cause: unknown): FaultOf => {
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    ? notAvailable(
        "the package 'webgpu'",
        'Node, which has no WebGPU of its own',
        `npm install webgpu, or ${useAnother}`
      )
    : notAvailable("the package 'webgpu'", message ?? String(cause), `Install its version 0.6.2, or ${useAnother}`)
}

const noWebGpu = notAvailable(
  'a browser with WebGPU and a page from https or localhost',
  'no navigator.gpu',
  `Update the browser, or ${useAnother}`
)

/** Finds WebGPU: the browser's own, or in Node that of the optional package. It sets no global. */
const findWebGpu = async (): Promise<E.Either<FaultOf, WebGpu>> => {
  const { navigator, process } = globalThis as unknown as Platform
  if (navigator?.gpu !== undefined) return E.right(navigator.gpu)
  if (process?.versions?.node === undefined) return E.left(noWebGpu)
  try {
    return E.right(await load())
  } catch (cause) {
    return E.left(notInstalled(cause))
  }
}

const noAdapter = (actual: string): FaultOf =>
  notAvailable(
    'an adapter of WebGPU',
    actual,
    `Install a driver of your GPU (on Linux one for Vulkan, and libvulkan1), let the browser use it, or ${useAnother}`
  )

/** Requests a new adapter; each adapter gives one device. */
export const findAdapter = async (): Promise<E.Either<FaultOf, WebGpuAdapter>> => {
  const webGpu = await findWebGpu()
  if (E.isLeft(webGpu)) return webGpu
  try {
    const adapter = await webGpu.right.requestAdapter()
    return adapter === null ? E.left(noAdapter('none that answers')) : E.right(adapter)
  } catch (cause) {
    return E.left(noAdapter(messageOf(cause)))
  }
}

/** Names an adapter by what its driver tells. */
export const describeAdapter = ({ info }: WebGpuAdapter): string => {
  const { vendor, architecture, device, description } = info ?? {}
  const words = [vendor, architecture, device, description].filter((word) => word !== undefined && word !== '')
  return words.length === 0 ? 'an adapter without a name' : words.join(', ')
}

const programs = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i

/** Tells whether an adapter of this name is a program that plays a GPU on the CPU. */
export const isSoftwareName = (name: string): boolean => programs.test(name)

/** Tells whether an adapter is a program that plays a GPU on the CPU. */
export const isSoftwareAdapter = (adapter: WebGpuAdapter): boolean =>
  adapter.info?.isFallbackAdapter === true || isSoftwareName(describeAdapter(adapter))

/**
 * Returns the name of the GPU that WebGPU would run on; nothing where there is none, or only a program that plays one. It
 * loads no gpu.js, opens no device, and never fails.
 */
export const realAdapter = async (): Promise<string | undefined> => {
  const { navigator } = globalThis as unknown as Platform
  if (navigator?.gpu === undefined && !mayHaveDriver()) return undefined
  const adapter = await findAdapter()
  return E.isRight(adapter) && !isSoftwareAdapter(adapter.right) ? describeAdapter(adapter.right) : undefined
}
