/* The distance of nearword/_pure.py, in C. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* One row of the table is enough: `corner` is the cell up and left of the one being filled. */
static Py_ssize_t
fill(PyObject *left, PyObject *right, Py_ssize_t *row, Py_ssize_t width)
{
    const int left_kind = PyUnicode_KIND(left), right_kind = PyUnicode_KIND(right);
    const void *left_data = PyUnicode_DATA(left), *right_data = PyUnicode_DATA(right);
    const Py_ssize_t height = PyUnicode_GET_LENGTH(left);

    for (Py_ssize_t j = 0; j <= width; j++) {
        row[j] = j;
    }
    for (Py_ssize_t i = 1; i <= height; i++) {
        const Py_UCS4 one = PyUnicode_READ(left_kind, left_data, i - 1);
        Py_ssize_t corner = row[0];
        row[0] = i;
        for (Py_ssize_t j = 1; j <= width; j++) {
            const Py_UCS4 other = PyUnicode_READ(right_kind, right_data, j - 1);
            const Py_ssize_t up = row[j], before = row[j - 1];
            const Py_ssize_t step = (up < before ? up : before) + 1;
            const Py_ssize_t cost = corner + (one != other);
            corner = up;
            row[j] = cost < step ? cost : step;
        }
    }
    return row[width];
}

static PyObject *
distance(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *left, *right;
    if (!PyArg_ParseTuple(args, "UU:distance", &left, &right)) {
        return NULL;
    }
    const Py_ssize_t width = PyUnicode_GET_LENGTH(right);
    Py_ssize_t *row = PyMem_New(Py_ssize_t, width + 1);
    if (row == NULL) {
        return PyErr_NoMemory();
    }
    const Py_ssize_t apart = fill(left, right, row, width);
    PyMem_Free(row);
    return PyLong_FromSsize_t(apart);
}

static PyMethodDef methods[] = {
    {"distance", distance, METH_VARARGS,
     "distance($module, left, right, /)\n--\n\n"
     "Count the insertions, deletions and replacements that turn one text into the other."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "nearword._speedups",
    .m_doc = "The distance of nearword, in C.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__speedups(void)
{
    return PyModuleDef_Init(&module);
}
