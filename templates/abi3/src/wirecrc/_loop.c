/* The loop over the bits, in C, with nothing but the limited API (setup.py names its floor). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static unsigned int
mirrored(unsigned int value)
{
    unsigned int result = 0;
    for (int bit = 0; bit < 16; bit++) {
        result = (result << 1) | ((value >> bit) & 1);
    }
    return result;
}

static unsigned int
lowest_first(unsigned int crc, const unsigned char *data, Py_ssize_t size, unsigned int polynomial)
{
    const unsigned int taps = mirrored(polynomial);
    for (Py_ssize_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? taps : 0);
        }
    }
    return crc;
}

static unsigned int
highest_first(unsigned int crc, const unsigned char *data, Py_ssize_t size, unsigned int polynomial)
{
    for (Py_ssize_t i = 0; i < size; i++) {
        crc ^= (unsigned int)data[i] << 8;
        for (int bit = 0; bit < 8; bit++) {
            crc = ((crc << 1) ^ ((crc & 0x8000) ? polynomial : 0)) & 0xFFFF;
        }
    }
    return crc;
}

static PyObject *
update(PyObject *Py_UNUSED(module), PyObject *args)
{
    unsigned int crc, polynomial;
    const char *data;
    Py_ssize_t size;
    int reflected;
    if (!PyArg_ParseTuple(args, "Iy#Ip:update", &crc, &data, &size, &polynomial, &reflected)) {
        return NULL;
    }
    crc &= 0xFFFF;
    polynomial &= 0xFFFF;
    /* the bytes belong to an argument, which its caller holds: other threads may run meanwhile */
    Py_BEGIN_ALLOW_THREADS
    crc = reflected ? lowest_first(crc, (const unsigned char *)data, size, polynomial)
                    : highest_first(crc, (const unsigned char *)data, size, polynomial);
    Py_END_ALLOW_THREADS
    return PyLong_FromUnsignedLong(crc);
}

static PyMethodDef methods[] = {
    {"update", update, METH_VARARGS,
     "update($module, register, data, polynomial, reflected, /)\n--\n\n"
     "Give the register after the data went through it."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wirecrc._loop",
    .m_doc = "The loop of wirecrc, in C.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__loop(void)
{
    return PyModuleDef_Init(&module);
}
