package guest

import (
	"context"
	"math/rand/v2"
	"sort"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/stewardhq/steward/app/sandbox/frame"
)

// WASI's error numbers that the engine may meet.
const (
	wasiOK    = 0
	wasiBadFD = 8
)

// imports is everything that the engine can ask of its host. There is nothing else: no file, no socket, no clock but the
// journal's, no randomness but the seed's.
type imports struct {
	now    int64 // milliseconds since 1970: the last delivery's time
	zone   []frame.Offset
	random *rand.ChaCha8

	interrupt func() bool                                         // polled while code runs; true stops it
	rejection func(promise, reason value, handled bool)           // owns the values
	host      func(ctx context.Context, argc, argv uint32) uint32 // the prelude's one function
}

var (
	i32 = api.ValueTypeI32
	i64 = api.ValueTypeI64
)

// link gives the engine its imports.
func (h *imports) link(ctx context.Context, runtime wazero.Runtime) error {
	env := runtime.NewHostModuleBuilder("env")
	export(env, "host_get_timezone_offset", 2, func(_ context.Context, _ api.Module, s []uint64) {
		s[0] = api.EncodeI32(int32(h.offset(int64(s[0]<<32 | s[1]&0xffffffff))))
	})
	export(env, "host_interrupt", 0, func(_ context.Context, _ api.Module, s []uint64) {
		s[0] = 0
		if h.interrupt() {
			s[0] = 1
		}
	})
	env.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, _ api.Module, s []uint64) {
		h.rejection(value(s[0]), value(s[1]), uint32(s[2]) != 0)
	}), []api.ValueType{i32, i32, i32}, nil).Export("host_promise_rejection")
	// No module loader is installed, so these two are never asked; 0 refuses.
	export(env, "host_module_normalize", 2, func(_ context.Context, _ api.Module, s []uint64) { s[0] = 0 })
	export(env, "host_module_load", 2, func(_ context.Context, _ api.Module, s []uint64) { s[0] = 0 })
	export(env, "host_call", 5, func(ctx context.Context, _ api.Module, s []uint64) {
		s[0] = uint64(h.host(ctx, uint32(s[3]), uint32(s[4])))
	})
	if _, err := env.Instantiate(ctx); err != nil {
		return err
	}
	return h.linkWASI(ctx, runtime)
}

func (h *imports) linkWASI(ctx context.Context, runtime wazero.Runtime) error {
	wasi := runtime.NewHostModuleBuilder("wasi_snapshot_preview1")
	add := func(name string, params []api.ValueType, f api.GoModuleFunc) {
		wasi.NewFunctionBuilder().WithGoModuleFunction(f, params, []api.ValueType{i32}).Export(name)
	}
	add("clock_time_get", []api.ValueType{i32, i64, i32}, func(_ context.Context, m api.Module, s []uint64) {
		m.Memory().WriteUint64Le(uint32(s[2]), uint64(h.now)*1e6)
		s[0] = wasiOK
	})
	add("random_get", []api.ValueType{i32, i32}, func(_ context.Context, m api.Module, s []uint64) {
		b, ok := m.Memory().Read(uint32(s[0]), uint32(s[1]))
		s[0] = wasiBadFD
		if ok {
			_, _ = h.random.Read(b) // never fails
			s[0] = wasiOK
		}
	})
	refuse := api.GoModuleFunc(func(_ context.Context, _ api.Module, s []uint64) { s[0] = wasiBadFD })
	add("fd_close", []api.ValueType{i32}, refuse)
	add("fd_fdstat_get", []api.ValueType{i32, i32}, refuse)
	add("fd_seek", []api.ValueType{i32, i64, i32, i32}, refuse)
	add("fd_write", []api.ValueType{i32, i32, i32, i32}, refuse)
	_, err := wasi.Instantiate(ctx)
	return err
}

// export adds a function that takes n and returns one 32-bit number.
func export(b wazero.HostModuleBuilder, name string, n int, f api.GoModuleFunc) {
	params := make([]api.ValueType, n)
	for i := range params {
		params[i] = i32
	}
	b.NewFunctionBuilder().WithGoModuleFunction(f, params, []api.ValueType{i32}).Export(name)
}

// offset is the zone's distance from UTC at a time, both in seconds.
func (h *imports) offset(at int64) int {
	i := sort.Search(len(h.zone), func(i int) bool { return h.zone[i].From > at })
	if len(h.zone) == 0 {
		return 0
	}
	return h.zone[max(i-1, 0)].Offset
}
