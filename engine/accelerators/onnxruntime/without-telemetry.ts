/*
 * ONNX Runtime, from 1.29 on, reports its use to its maker unless this variable is set before its library is loaded, and
 * keeps an identifier of the machine in the account's cache folder. Whatever loads the library imports this file first.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
