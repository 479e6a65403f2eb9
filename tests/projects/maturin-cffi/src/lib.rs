#[no_mangle]
pub extern "C" fn total(one: i64, other: i64) -> i64 {
    one + other
}
