//go:build !race

package lockdown

// runtimeMemory is what the Go runtime, the compiled engine and the frames in flight may take beside the engine's memory.
const runtimeMemory = 384 << 20
