#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *total(PyObject *self, PyObject *args)
{
    long one, other;
    if (!PyArg_ParseTuple(args, "ll", &one, &other)) {
        return NULL;
    }
    return PyLong_FromLong(one + other);
}

static PyMethodDef methods[] = {{"total", total, METH_VARARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_total", "", -1, methods};

PyMODINIT_FUNC PyInit__total(void)
{
    return PyModule_Create(&module);
}
