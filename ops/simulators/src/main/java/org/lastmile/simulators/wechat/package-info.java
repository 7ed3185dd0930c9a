/**
 * A server that behaves like WeChat towards one official account: tokens, template messages, the
 * followers' phones, and the callbacks that bring receipts and answers. Its crypto is written apart
 * from the product's, so that the two check each other. WeCom will stand beside it here.
 */
package org.lastmile.simulators.wechat;
