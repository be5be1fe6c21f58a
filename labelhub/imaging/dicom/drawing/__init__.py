"""From stored frames to pictures: views (windows and VOI LUTs), and what is drawn by them."""
