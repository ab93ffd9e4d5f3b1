package guest

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// value is a box in the engine's memory that holds a JavaScript value. Whoever gets one frees it.
type value uint32

// Flags of the engine's eval.
const (
	evalStrict  = 1 << 3
	evalBarrier = 1 << 6 // stack traces end here: no frame of ours is shown
)

// intrinsics leaves out what would let a script see time, garbage collection or anything else that a replay would not
// repeat: WeakRef, FinalizationRegistry, performance; and DOMException, atob and btoa, which nobody needs.
const intrinsics = 1<<9 - 1

const (
	wasmPage    = 64 << 10
	engineSlack = 8 << 20 // the engine's own code, stack and bookkeeping beside the script's memory
	stackBytes  = 256 << 10
)

// errMemory says that the engine could not even make room for what the host hands it.
var errMemory = errors.New("out of memory")

// vm is one instance of the engine. It is not safe for concurrent use.
type vm struct {
	ctx       context.Context
	mod       api.Module
	mem       api.Memory
	functions map[string]api.Function
	undefined value
}

// engine is the compiled module, loaded before the process locks itself down.
type engine struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// loadEngine compiles the WebAssembly, or takes it from the cache, and links it to the host's functions.
func loadEngine(ctx context.Context, wasm []byte, cacheDir string, memory int64, h *imports) (*engine, error) {
	pages := uint32((memory + engineSlack + wasmPage - 1) / wasmPage)
	// Without the capacity from the start, every growth would copy the memory, and the old copies would pile up.
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(pages).WithMemoryCapacityFromMax(true)
	if cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return nil, fmt.Errorf("open compilation cache: %w", err)
		}
		config = config.WithCompilationCache(cache)
	}
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	if err := h.link(ctx, runtime); err != nil {
		return nil, fmt.Errorf("link engine: %w", err)
	}
	module, err := runtime.CompileModule(ctx, wasm)
	if err != nil {
		return nil, fmt.Errorf("compile engine: %w", err)
	}
	return &engine{runtime: runtime, module: module}, nil
}

// start makes a fresh instance with its limits set.
func (e *engine) start(ctx context.Context, memory int64) (*vm, error) {
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
	mod, err := e.runtime.InstantiateModule(ctx, e.module, config)
	if err != nil {
		return nil, fmt.Errorf("instantiate engine: %w", err)
	}
	v := &vm{ctx: ctx, mod: mod, mem: mod.Memory(), functions: map[string]api.Function{}}
	if r, err := v.call("qjs_init2", intrinsics); err != nil || r != 0 {
		return nil, fmt.Errorf("start engine: code %d: %w", r, err)
	}
	undefined, err := v.call("qjs_get_undefined")
	if err != nil {
		return nil, err
	}
	v.undefined = value(undefined)
	for _, set := range []struct {
		name  string
		value uint64
	}{
		{"qjs_set_memory_limit", uint64(memory)},
		{"qjs_set_max_stack_size", stackBytes},
		{"qjs_set_interrupt_handler", 1},
		{"qjs_set_promise_rejection_handler", 1},
	} {
		if _, err := v.call(set.name, set.value); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// call calls an export of the engine. An error means that the WebAssembly trapped: the instance is lost.
func (v *vm) call(name string, args ...uint64) (uint64, error) {
	f := v.functions[name]
	if f == nil {
		if f = v.mod.ExportedFunction(name); f == nil {
			return 0, fmt.Errorf("engine has no function %s", name)
		}
		v.functions[name] = f
	}
	results, err := f.Call(v.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("engine stopped in %s: %w", name, err)
	}
	if len(results) == 0 {
		return 0, nil
	}
	return results[0], nil
}

// alloc copies text into the engine, with a zero byte after it.
func (v *vm) alloc(text string) (uint64, error) {
	p, err := v.call("wasm_malloc", uint64(len(text)+1))
	if err != nil {
		return 0, err
	}
	if p == 0 {
		return 0, errMemory
	}
	if !v.mem.WriteString(uint32(p), text) || !v.mem.WriteByte(uint32(p)+uint32(len(text)), 0) {
		return 0, errors.New("engine gave memory that it does not have")
	}
	return p, nil
}

// withText runs f with text in the engine's memory.
func (v *vm) withText(text string, f func(p uint64) (uint64, error)) (value, error) {
	p, err := v.alloc(text)
	if err != nil {
		return 0, err
	}
	r, err := f(p)
	if err != nil {
		return 0, err
	}
	_, err = v.call("wasm_free", p)
	return value(r), err
}

// text makes a JavaScript string.
func (v *vm) text(s string) (value, error) {
	return v.withText(s, func(p uint64) (uint64, error) { return v.call("qjs_new_string", p, uint64(len(s))) })
}

// read is a value coerced to a string, which runs no code of the script when the value is a string.
func (v *vm) read(x value) (string, error) {
	size, err := v.call("wasm_malloc", 4)
	if err != nil {
		return "", err
	}
	if size == 0 {
		return "", errMemory
	}
	c, err := v.call("qjs_get_string_len", uint64(x), size)
	if err != nil {
		return "", err
	}
	if c == 0 {
		return "", errMemory
	}
	n, ok := v.mem.ReadUint32Le(uint32(size))
	b, ok2 := v.mem.Read(uint32(c), n)
	if !ok || !ok2 {
		return "", errors.New("engine pointed outside its memory")
	}
	s := string(b)
	if _, err := v.call("qjs_free_cstring", c); err != nil {
		return "", err
	}
	_, err = v.call("wasm_free", size)
	return s, err
}

// property reads a property of an object that is ours.
func (v *vm) property(x value, name string) (value, error) {
	return v.withText(name, func(p uint64) (uint64, error) { return v.call("qjs_get_prop_string", uint64(x), p) })
}

// free lets a value go.
func (v *vm) free(values ...value) error {
	for _, x := range values {
		if _, err := v.call("qjs_free_value", uint64(x)); err != nil {
			return err
		}
	}
	return nil
}

// eval evaluates code. If it threw, the second value is what it threw, and the first is 0.
func (v *vm) eval(code, file string, flags uint64) (result, thrown value, err error) {
	result, err = v.withText(code, func(c uint64) (uint64, error) {
		r, err := v.withText(file, func(f uint64) (uint64, error) {
			return v.call("qjs_eval", c, uint64(len(code)), f, flags)
		})
		return uint64(r), err
	})
	if err != nil {
		return 0, 0, err
	}
	return v.outcome(result)
}

// invoke calls a function with values, which it frees.
func (v *vm) invoke(f value, args ...value) (result, thrown value, err error) {
	argv, err := v.call("wasm_malloc", uint64(4*len(args)+4))
	if err != nil {
		return 0, 0, err
	}
	if argv == 0 {
		return 0, 0, errMemory
	}
	for i, a := range args {
		v.mem.WriteUint32Le(uint32(argv)+uint32(4*i), uint32(a))
	}
	r, err := v.call("qjs_call", uint64(f), uint64(v.undefined), uint64(len(args)), argv)
	if err != nil {
		return 0, 0, err
	}
	if err := v.free(args...); err != nil {
		return 0, 0, err
	}
	if _, err := v.call("wasm_free", argv); err != nil {
		return 0, 0, err
	}
	return v.outcome(value(r))
}

// outcome tells a result from an exception.
func (v *vm) outcome(r value) (result, thrown value, err error) {
	if r == 0 {
		return 0, 0, errMemory
	}
	exception, err := v.call("qjs_is_exception", uint64(r))
	if err != nil || exception == 0 {
		return r, 0, err
	}
	if err := v.free(r); err != nil {
		return 0, 0, err
	}
	e, err := v.call("qjs_get_exception")
	return 0, value(e), err
}

// job runs one pending microtask. more is false when there was none; thrown is set if the job threw out of itself.
func (v *vm) job() (more bool, thrown value, err error) {
	pending, err := v.call("qjs_is_job_pending")
	if err != nil || pending == 0 {
		return false, 0, err
	}
	r, err := v.call("qjs_execute_pending_job")
	if err != nil {
		return false, 0, err
	}
	if int32(r) >= 0 {
		return true, 0, nil
	}
	e, err := v.call("qjs_get_exception")
	return true, value(e), err
}
