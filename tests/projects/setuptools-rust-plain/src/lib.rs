//! A module of CPython written against its C API by hand: no crate is needed, and none is fetched.
#![allow(non_snake_case, non_camel_case_types)]

use std::os::raw::{c_char, c_int, c_long, c_void};
use std::ptr::{addr_of_mut, null, null_mut};

type Object = *mut c_void;

#[repr(C)]
struct MethodDef {
    name: *const c_char,
    function: Option<unsafe extern "C" fn(Object, Object) -> Object>,
    flags: c_int,
    doc: *const c_char,
}

#[repr(C)]
struct ModuleDef {
    references: isize,
    kind: Object,
    init: *const c_void,
    index: isize,
    copy: Object,
    name: *const c_char,
    doc: *const c_char,
    size: isize,
    methods: *mut MethodDef,
    rest: [*const c_void; 4], // slots, traverse, clear, free
}

extern "C" {
    fn PyArg_ParseTuple(args: Object, format: *const c_char, ...) -> c_int;
    fn PyLong_FromLong(value: c_long) -> Object;
    fn PyModule_Create2(module: *mut ModuleDef, version: c_int) -> Object;
}

unsafe extern "C" fn total(_own: Object, args: Object) -> Object {
    let (mut one, mut other): (c_long, c_long) = (0, 0);
    let format = b"ll\0".as_ptr().cast();
    if PyArg_ParseTuple(args, format, addr_of_mut!(one), addr_of_mut!(other)) == 0 {
        return null_mut();
    }
    PyLong_FromLong(one + other)
}

static mut METHODS: [MethodDef; 2] = [
    MethodDef {
        name: b"total\0".as_ptr().cast(),
        function: Some(total),
        flags: 1, // METH_VARARGS
        doc: null(),
    },
    MethodDef { name: null(), function: None, flags: 0, doc: null() },
];

static mut MODULE: ModuleDef = ModuleDef {
    references: 1,
    kind: null_mut(),
    init: null(),
    index: 0,
    copy: null_mut(),
    name: b"_total\0".as_ptr().cast(),
    doc: null(),
    size: -1,
    methods: null_mut(), // Rust 1.63, Debian 12's, takes no address here
    rest: [null(); 4],
};

/// # Safety
/// Called by the interpreter, which holds what it has to.
#[no_mangle]
pub unsafe extern "C" fn PyInit__total() -> Object {
    MODULE.methods = addr_of_mut!(METHODS).cast();
    PyModule_Create2(addr_of_mut!(MODULE), 1013) // PYTHON_API_VERSION
}
