// A canvas over the map that is drawn in one go, however much is on it; a pan moves it as it is.

const L = window.L;

/** `draw(context, project, box, ratio)` draws what is in view; project gives the pixels of a place. */
export const CanvasLayer = L.Renderer.extend({
  options: { padding: 0.25 },

  initialize(draw, options) {
    this._drawn = draw;
    L.Renderer.prototype.initialize.call(this, options);
  },

  /** Draw anew, once before the next picture. */
  redraw() {
    if (this._asked || !this._map) return;
    this._asked = requestAnimationFrame(() => this.redrawNow());
  },

  redrawNow() {
    cancelAnimationFrame(this._asked);
    this._asked = null;
    if (this._map) this._update();
  },

  _initContainer() {
    this._container = L.DomUtil.create("canvas");
    this._container.setAttribute("aria-hidden", "true");
  },

  _destroyContainer() {
    cancelAnimationFrame(this._asked);
    this._asked = null;
    this._container.remove();
    delete this._container;
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    this.fire("update");
  },

  _updatePaths() {
    const { min } = this._bounds;
    const size = this._bounds.getSize();
    // Paper shows more than a screen.
    const ratio = document.documentElement.dataset.printing ? 3 : Math.min(2, window.devicePixelRatio || 1);
    // A fresh one each time: what was cleared before comes out white on paper, and hides what lies under it.
    const canvas = this._container.cloneNode(false);
    this._container.replaceWith(canvas);
    this._container = canvas;
    L.DomUtil.setPosition(canvas, min);
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, -min.x * ratio, -min.y * ratio);
    this._drawn(context, (lat, lng) => this._map.latLngToLayerPoint([lat, lng]), this._bounds, ratio);
  },
});
