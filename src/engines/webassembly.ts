/**
 * The part of the WebAssembly JavaScript interface that we use, as an ordinary module.
 *
 * TypeScript declares it only together with the whole DOM, which would let `document` and the like slip into code that
 * also runs in Node, and would oblige every user of our types to load the DOM types too.
 */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  /** Grows by this many pages of 64 KiB and answers the former number of pages. */
  readonly grow: (pages: number) => number
}

/** Compiled code without memory or imports: it can be posted to a worker. */
export interface WebAssemblyModule {
  readonly __module: unique symbol
}

export type WebAssemblyFunction = (...values: number[]) => number
export type WebAssemblyImport = WebAssemblyMemory | ((...values: number[]) => number | undefined)
export type WebAssemblyImports = Readonly<Record<string, Readonly<Record<string, WebAssemblyImport>>>>

export interface WebAssemblyInstance {
  readonly exports: Readonly<Record<string, WebAssemblyFunction | WebAssemblyMemory>>
}

export interface WebAssemblyNamespace {
  readonly Memory: new (limits: {
    readonly initial: number
    readonly maximum?: number
    readonly shared?: boolean
  }) => WebAssemblyMemory
  readonly Module: new (code: Uint8Array) => WebAssemblyModule
  readonly Instance: new (module: WebAssemblyModule, imports?: WebAssemblyImports) => WebAssemblyInstance
  readonly validate: (code: Uint8Array) => boolean
  readonly compile: (code: Uint8Array) => Promise<WebAssemblyModule>
  /** Unlike `new Instance`, allowed on a browser's main thread for a module of any size. */
  readonly instantiate: (module: WebAssemblyModule, imports?: WebAssemblyImports) => Promise<WebAssemblyInstance>
}

export const WebAssembly: WebAssemblyNamespace = (globalThis as unknown as { WebAssembly: WebAssemblyNamespace })
  .WebAssembly
