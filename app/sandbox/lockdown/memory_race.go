//go:build race

package lockdown

// runtimeMemory leaves room for the race detector's shadow of the memory.
const runtimeMemory = 1 << 40
